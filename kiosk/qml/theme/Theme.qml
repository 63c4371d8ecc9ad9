pragma Singleton

import QtQuick

// Sizes, colours and type of every screen. Sizes are given for a short side of 1080 px and scale with it.
QtObject {
    id: theme

    property color brand: "#0B6B4E"
    property bool calm: false
    property real shortSide: 1080

    readonly property color brandSoft: Qt.hsla(Math.max(0, brand.hslHue), Math.min(brand.hslSaturation, 0.42), 0.925, 1)
    readonly property color card: "#FFFFFF"
    readonly property color good: "#0F6B43"
    readonly property color goodSoft: "#E4F4EB"
    readonly property color hairline: "#E1E5EB"
    readonly property color ink: "#14181F"
    readonly property color ink2: "#4F5866"
    // White on dark colours, ink on light ones: whichever reads better on the shop's own.
    readonly property color brandInk: 0.2126 * linear(brand.r) + 0.7152 * linear(brand.g) + 0.0722 * linear(brand.b) < 0.18 ? "#FFFFFF" : ink
    readonly property color pressed: "#EEF1F5"
    readonly property color saving: "#B8301C"
    readonly property color savingSoft: "#FDEEEA"
    readonly property color stop: "#A3211A"
    readonly property color stopSoft: "#FCE9E8"
    readonly property color surface: "#F6F7F9"
    readonly property color wait: "#1F5FBF"
    readonly property color waitSoft: "#E8F0FB"
    readonly property color warn: "#8A5300"
    readonly property color warnSoft: "#FFF3DC"

    readonly property string family: qsTrId("common.font")
    readonly property int gutter: px(24)
    readonly property int margin: px(40)
    readonly property int motion: calm ? 0 : 160
    readonly property int radius: px(20)
    readonly property int target: px(96)

    readonly property int body: px(30)
    readonly property int caption: px(24)
    readonly property int line: px(34)
    readonly property int title: px(52)
    readonly property int total: px(88)

    function linear(part: real): real {
        return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    }

    function px(size: real): int {
        return Math.max(1, Math.round(size * theme.shortSide / 1080));
    }
}

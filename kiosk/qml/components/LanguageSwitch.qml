pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"

// The languages side by side; the present one is filled.
Row {
    id: languages

    property bool large: false
    required property LaneViewModel lane

    spacing: Theme.px(large ? 24 : 8)

    Repeater {
        model: languages.lane.languages

        Rectangle {
            id: choice

            required property var modelData
            readonly property bool current: languages.lane.language === modelData.tag

            Accessible.name: modelData.name
            Accessible.role: Accessible.RadioButton
            border.color: current ? Theme.brand : Theme.hairline
            border.width: Theme.px(2)
            color: current ? Theme.brand : area.pressed ? Theme.pressed : Theme.card
            height: Theme.px(languages.large ? 108 : 80)
            objectName: "language-" + modelData.tag
            radius: Theme.radius
            width: languages.large ? Theme.px(248) : Theme.px(80)

            Label {
                anchors.centerIn: parent
                color: choice.current ? Theme.brandInk : Theme.ink
                font.family: choice.modelData.tag === "zh-TW" ? "Noto Sans CJK TC" : "Noto Sans CJK SC"
                font.pixelSize: languages.large ? Theme.px(34) : Theme.px(28)
                font.weight: Font.Medium
                text: languages.large ? choice.modelData.name : choice.modelData.short
            }

            MouseArea {
                id: area

                anchors.fill: parent

                onClicked: languages.lane.chooseLanguage(choice.modelData.tag)
            }
        }
    }
}

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// A paid line: touched as a whole where it cannot be parted, else counted piece by piece.
Item {
    id: row

    required property int chosen
    required property string detail
    required property int line
    required property string name
    required property string note
    required property RefundViewModel refund
    required property int rest
    required property bool single
    required property string worth

    height: Theme.px(128)
    opacity: rest > 0 ? 1 : 0.5

    Rectangle {
        color: row.chosen > 0 ? Theme.waitSoft : "transparent"
        height: parent.height - Theme.px(10)
        radius: Theme.radius
        width: parent.width
    }

    Column {
        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        anchors.right: counter.left
        anchors.rightMargin: Theme.gutter
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: -Theme.px(5)
        spacing: Theme.px(4)

        Label {
            elide: Text.ElideRight
            font.pixelSize: Theme.line
            font.weight: Font.Medium
            text: row.name
            width: parent.width
        }

        Label {
            color: Theme.ink2
            elide: Text.ElideRight
            font.pixelSize: Theme.caption
            text: row.note === "" ? row.detail : row.detail + " · " + row.note
            width: parent.width
        }
    }

    Label {
        id: worth

        anchors.right: parent.right
        anchors.rightMargin: Theme.px(20)
        anchors.verticalCenter: counter.verticalCenter
        font.features: {
            "tnum": 1
        }
        font.pixelSize: Theme.line
        font.weight: Font.Bold
        fontSizeMode: Text.HorizontalFit
        horizontalAlignment: Text.AlignRight
        minimumPixelSize: Theme.caption
        text: row.worth
        width: Theme.px(170)
    }

    Row {
        id: counter

        anchors.right: worth.left
        anchors.rightMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: -Theme.px(5)
        spacing: Theme.px(4)
        visible: row.rest > 0

        PushButton {
            Accessible.name: qsTrId("basket.less")
            enabled: row.chosen > 0
            icon: "minus"
            objectName: "refundLess-" + row.line
            opacity: enabled ? 1 : 0.35
            quiet: true
            visible: !row.single
            width: Theme.target

            onTapped: row.refund.choose(row.line, row.chosen - 1)
        }

        Label {
            anchors.verticalCenter: parent.verticalCenter
            font.features: {
                "tnum": 1
            }
            font.pixelSize: Theme.px(40)
            font.weight: Font.Bold
            horizontalAlignment: Text.AlignHCenter
            objectName: "refundChosen-" + row.line
            text: row.chosen
            visible: !row.single
            width: Theme.px(64)
        }

        PushButton {
            Accessible.name: qsTrId("basket.more")
            enabled: row.chosen < row.rest
            icon: "plus"
            objectName: "refundMore-" + row.line
            opacity: enabled ? 1 : 0.35
            quiet: true
            visible: !row.single
            width: Theme.target

            onTapped: row.refund.choose(row.line, row.chosen + 1)
        }

        PushButton {
            Accessible.name: row.name
            Accessible.checkable: true
            Accessible.checked: row.chosen > 0
            accent: Theme.wait
            icon: row.chosen > 0 ? "check" : ""
            implicitHeight: Theme.target
            main: row.chosen > 0
            objectName: "refundTake-" + row.line
            visible: row.single
            width: Theme.target

            onTapped: row.refund.choose(row.line, row.chosen > 0 ? 0 : 1)
        }
    }
}

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// Giving up the whole basket is asked once, with both answers of one size.
Sheet {
    id: sheet

    required property LaneViewModel lane

    title: qsTrId("basket.cancel_title")
    wantedHeight: column.implicitHeight + Theme.px(120) + Theme.px(48)
    wantedWidth: Theme.px(900)

    onClosed: sheet.lane.closeSheet()

    Column {
        id: column

        width: parent.width
        spacing: Theme.px(40)

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.px(34)
            text: qsTrId("basket.cancel_text")
            width: parent.width
            wrapMode: Text.Wrap
        }

        Row {
            spacing: Theme.gutter
            width: parent.width

            PushButton {
                accent: Theme.stop
                height: Theme.px(120)
                main: true
                objectName: "cancelYes"
                text: qsTrId("basket.cancel_yes")
                textSize: Theme.px(34)
                width: (parent.width - Theme.gutter) / 2

                onTapped: sheet.lane.cancelBasket()
            }

            PushButton {
                height: Theme.px(120)
                main: true
                objectName: "cancelNo"
                text: qsTrId("basket.cancel_no")
                textSize: Theme.px(34)
                width: (parent.width - Theme.gutter) / 2

                onTapped: sheet.lane.closeSheet()
            }
        }
    }
}

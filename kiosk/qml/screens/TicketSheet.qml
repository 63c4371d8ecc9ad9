import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// A car park's ticket: scanned while this is open, or its number typed.
Sheet {
    id: sheet

    required property LaneViewModel lane

    title: qsTrId("parking.ticket_title")
    wantedHeight: column.implicitHeight + Theme.px(120) + Theme.margin
    wantedWidth: Theme.px(760)

    onClosed: sheet.lane.closeSheet()

    Column {
        id: column

        anchors.horizontalCenter: parent.horizontalCenter
        spacing: Theme.px(14)
        width: Math.min(parent.width, Theme.px(680))

        NumberPad {
            hint: qsTrId("parking.ticket_text")
            keyHeight: Theme.px(96)
            shownName: "ticketText"
            text: sheet.lane.parking.typed
            width: parent.width

            onCleared: sheet.lane.parking.clear()
            onPressed: key => sheet.lane.parking.press(key)
        }

        PushButton {
            enabled: sheet.lane.parking.canEnter
            main: true
            objectName: "ticketEnter"
            text: qsTrId("parking.enter")
            width: parent.width

            onTapped: {
                sheet.lane.parking.enter();
                sheet.lane.closeSheet();
            }
        }

        Label {
            color: Theme.ink2
            font.pixelSize: Theme.caption
            horizontalAlignment: Text.AlignHCenter
            text: qsTrId("parking.note")
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}

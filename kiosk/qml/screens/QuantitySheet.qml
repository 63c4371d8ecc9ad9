import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// How many of one line, typed at once: two dozen bottles are not twenty-three touches.
Sheet {
    id: sheet

    required property LaneViewModel lane

    title: lane.basket.editedName
    wantedHeight: column.implicitHeight + Theme.px(120) + Theme.margin
    wantedWidth: Theme.px(760)

    onClosed: sheet.lane.closeSheet()

    Column {
        id: column

        anchors.horizontalCenter: parent.horizontalCenter
        spacing: Theme.px(16)
        width: Math.min(parent.width, Theme.px(680))

        NumberPad {
            hint: qsTrId("quantity.hint")
            shownName: "editedQuantity"
            text: sheet.lane.typedCode
            width: parent.width

            onCleared: sheet.lane.clearTyped()
            onPressed: key => sheet.lane.typed(key)
        }

        PushButton {
            enabled: Number(sheet.lane.typedCode) > 0
            main: true
            objectName: "quantitySet"
            text: qsTrId("quantity.set")
            width: parent.width

            onTapped: sheet.lane.enterQuantity()
        }
    }
}

import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// A code that cannot be scanned, typed on large keys.
Sheet {
    id: sheet

    required property LaneViewModel lane

    title: qsTrId("keypad.title")
    wantedHeight: column.implicitHeight + Theme.px(120) + Theme.margin
    wantedWidth: Theme.px(760)

    onClosed: sheet.lane.closeSheet()

    Column {
        id: column

        anchors.horizontalCenter: parent.horizontalCenter
        spacing: Theme.px(16)
        width: Math.min(parent.width, Theme.px(680))

        NumberPad {
            hint: qsTrId("keypad.hint")
            shownName: "keypadText"
            text: sheet.lane.typedCode
            width: parent.width

            onCleared: sheet.lane.clearTyped()
            onPressed: key => sheet.lane.typed(key)
        }

        PushButton {
            enabled: sheet.lane.typedCode !== ""
            main: true
            objectName: "keypadAdd"
            text: qsTrId("keypad.add")
            width: parent.width

            onTapped: sheet.lane.enterTyped()
        }
    }
}

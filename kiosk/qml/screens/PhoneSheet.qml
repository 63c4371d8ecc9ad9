import QtQuick
import ScanAndGo
import "../theme"
import "../components"

// A phone number on large keys, then the code that was sent to it.
Sheet {
    id: sheet

    required property PhoneViewModel phone
    readonly property bool checking: phone.step === "checking"

    title: phone.title
    wantedHeight: Theme.px(1016)
    wantedWidth: Theme.px(840)

    onClosed: sheet.phone.close()

    Column {
        anchors.horizontalCenter: parent.horizontalCenter
        spacing: Theme.px(14)
        width: Math.min(parent.width, Theme.px(760))

        // What is asked, or what went wrong: the pad below stays where it is.
        Item {
            height: Theme.px(84)
            width: parent.width

            Label {
                anchors.fill: parent
                color: sheet.phone.problem !== "" && !sheet.checking ? Theme.warn : Theme.ink2
                font.pixelSize: Theme.px(28)
                font.weight: sheet.phone.problem !== "" ? Font.Medium : Font.Normal
                fontSizeMode: Text.VerticalFit
                minimumPixelSize: Theme.caption
                objectName: "phoneWord"
                text: sheet.checking ? qsTrId("phone.checking_hint") : sheet.phone.problem !== "" ? sheet.phone.problem : sheet.phone.lead
                wrapMode: Text.Wrap
            }
        }

        NumberPad {
            enabled: !sheet.checking
            hint: sheet.checking ? qsTrId("phone.checking") : sheet.phone.hint
            keyHeight: Theme.px(92)
            opacity: sheet.checking ? 0.45 : 1
            shownName: "phoneText"
            text: sheet.phone.typed
            width: parent.width

            onCleared: sheet.phone.clear()
            onPressed: key => sheet.phone.press(key)
        }

        Row {
            id: acts

            spacing: Theme.px(16)
            width: parent.width

            PushButton {
                enabled: sheet.phone.canAskAgain
                height: Theme.px(112)
                objectName: "phoneAgain"
                text: sheet.phone.againText
                textSize: Theme.px(26)
                visible: sheet.phone.step === "code"
                width: Math.round((acts.width - acts.spacing) * 0.4)

                onTapped: sheet.phone.again()
            }

            PushButton {
                enabled: sheet.phone.canEnter && !sheet.checking
                height: Theme.px(112)
                main: true
                objectName: "phoneEnter"
                text: sheet.checking ? qsTrId("phone.checking") : sheet.phone.enterText
                width: sheet.phone.step === "code" ? Math.round((acts.width - acts.spacing) * 0.6) : acts.width

                onTapped: sheet.phone.enter()
            }
        }
    }
}

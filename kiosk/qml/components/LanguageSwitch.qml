pragma ComponentBehavior: Bound

import QtQuick
import ScanAndGo
import "../theme"

// The languages side by side in one frame; the present one is set off. `large` has their whole names, over all the width.
Row {
    id: languages

    property bool large: false
    required property LaneViewModel lane

    spacing: large ? Theme.gutter : Theme.px(4)

    Repeater {
        id: choices

        model: languages.lane.languages.length > 1 ? languages.lane.languages : [] // one language is no choice

        Rectangle {
            id: choice

            readonly property bool current: languages.lane.language === modelData.tag
            required property var modelData

            Accessible.checked: current
            Accessible.name: modelData.name
            Accessible.onPressAction: languages.lane.chooseLanguage(choice.modelData.tag)
            Accessible.role: Accessible.RadioButton
            border.color: current ? Theme.brand : Theme.hairline
            border.width: current ? Theme.px(4) : Theme.px(2)
            color: current ? Theme.brandSoft : area.pressed ? Theme.pressed : Theme.card
            height: languages.large ? Theme.px(116) : Theme.px(88)
            objectName: "language-" + modelData.tag
            radius: languages.large ? Theme.radius : Theme.px(16)
            width: languages.large ? Math.floor((languages.width - (choices.count - 1) * languages.spacing) / choices.count) : Theme.px(88)

            Label {
                anchors.centerIn: parent
                color: choice.current ? Theme.brand : Theme.ink
                font.family: choice.modelData.tag === "zh-TW" ? "Noto Sans CJK TC" : "Noto Sans CJK SC"
                font.pixelSize: languages.large ? Theme.px(36) : Theme.px(30)
                font.weight: choice.current ? Font.Bold : Font.Normal
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

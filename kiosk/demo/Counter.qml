pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Window
import ScanAndGo

// The demo's counter: tiles to click, or to drag onto the scanner at the top.
Window {
    id: root

    required property CounterViewModel counter

    color: "#ECEFF3"
    height: 860
    title: "Counter"
    x: 610
    y: 20
    visible: true
    width: 620

    Rectangle {
        id: scanner

        anchors.left: parent.left
        anchors.margins: 16
        anchors.right: languages.left
        anchors.top: parent.top
        border.color: zone.containsDrag ? "#0B6B4E" : "#9AA4B2"
        border.width: zone.containsDrag ? 4 : 2
        color: zone.containsDrag ? "#E4F4EB" : "#FFFFFF"
        height: 110
        radius: 16

        Rectangle {
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.top: parent.top
            anchors.topMargin: 24
            color: "#A3211A"
            height: 4
            radius: 2
            width: parent.width - 80
        }

        Text {
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 16
            anchors.horizontalCenter: parent.horizontalCenter
            color: "#14181F"
            elide: Text.ElideRight
            font.family: "Noto Sans CJK SC"
            font.pixelSize: 20
            horizontalAlignment: Text.AlignHCenter
            text: root.counter.said === "" ? "▲" : root.counter.said
            textFormat: Text.PlainText
            width: parent.width - 32
        }

        DropArea {
            id: zone

            anchors.fill: parent

            onDropped: drop => root.counter.hold(drop.getDataAsString("text/plain"))
        }
    }

    Column {
        id: languages

        anchors.margins: 16
        anchors.right: parent.right
        anchors.top: parent.top
        spacing: 7
        width: 64

        Repeater {
            model: [["zh-CN", "简"], ["zh-TW", "繁"], ["en", "EN"]]

            Rectangle {
                id: language

                required property var modelData

                color: root.counter.language === language.modelData[0] ? "#0B6B4E" : "#FFFFFF"
                height: 32
                radius: 8
                width: 64

                Text {
                    anchors.centerIn: parent
                    color: root.counter.language === language.modelData[0] ? "#FFFFFF" : "#14181F"
                    font.family: "Noto Sans CJK SC"
                    font.pixelSize: 17
                    text: language.modelData[1]
                }

                TapHandler {
                    onTapped: root.counter.chooseLanguage(language.modelData[0])
                }
            }
        }
    }

    // The lane's scale: a weight is laid on it by a touch, or by drawing the bar to any other.
    Rectangle {
        id: pan

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        border.color: "#9AA4B2"
        border.width: 2
        color: "#FFFFFF"
        height: 132

        Row {
            id: weights

            anchors.horizontalCenter: parent.horizontalCenter
            spacing: 6
            y: 14

            Repeater {
                model: [["0", "⚖ 0"], ["12", "12 g"], ["250", "250 g"], ["842", "842 g"], ["1500", "1.5 kg"], ["over", "> max"], ["under", "< 0"], ["lost", "✂"]]

                Rectangle {
                    id: weight

                    required property var modelData

                    border.color: "#D5DAE1"
                    color: press.pressed ? "#E4F4EB" : "#F6F7F9"
                    height: 44
                    objectName: "lay-" + modelData[0]
                    radius: 8
                    width: 68

                    Text {
                        anchors.centerIn: parent
                        color: "#14181F"
                        font.family: "Noto Sans CJK SC"
                        font.pixelSize: 16
                        text: weight.modelData[1]
                    }

                    TapHandler {
                        id: press

                        onTapped: root.counter.lay(weight.modelData[0])
                    }
                }
            }
        }

        Rectangle {
            id: bar

            property int grams: 0

            anchors.bottom: parent.bottom
            anchors.bottomMargin: 20
            anchors.left: parent.left
            anchors.leftMargin: 24
            anchors.right: parent.right
            anchors.rightMargin: 110
            color: "#E1E5EB"
            height: 26
            radius: 13

            Rectangle {
                color: "#0B6B4E"
                height: parent.height
                radius: 13
                width: Math.max(26, parent.width * bar.grams / 3000)
            }

            MouseArea {
                function draw(x: real): void {
                    bar.grams = Math.round(Math.max(0, Math.min(1, x / width)) * 600) * 5;
                }

                anchors.fill: parent
                anchors.margins: -8

                onPositionChanged: mouse => draw(mouse.x)
                onPressed: mouse => draw(mouse.x)
                onReleased: root.counter.lay(String(bar.grams))
            }
        }

        Text {
            anchors.left: bar.right
            anchors.leftMargin: 14
            anchors.verticalCenter: bar.verticalCenter
            color: "#14181F"
            font.family: "Noto Sans CJK SC"
            font.pixelSize: 18
            text: bar.grams + " g"
        }
    }

    // The shopper's phone: what was sent to it last.
    Rectangle {
        id: phone

        anchors.left: parent.left
        anchors.leftMargin: 16
        anchors.right: parent.right
        anchors.rightMargin: 16
        anchors.top: scanner.bottom
        anchors.topMargin: 10
        border.color: "#9AC7B4"
        color: "#E4F4EB"
        height: visible ? message.implicitHeight + 22 : 0
        radius: 14
        visible: root.counter.message !== ""

        Text {
            id: message

            anchors.left: parent.left
            anchors.leftMargin: 16
            anchors.right: parent.right
            anchors.rightMargin: 16
            anchors.verticalCenter: parent.verticalCenter
            color: "#14181F"
            font.family: "Noto Sans CJK SC"
            font.pixelSize: 17
            objectName: "message"
            text: "✉ " + root.counter.message
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
        }
    }

    GridView {
        id: grid

        anchors.bottom: pan.top
        anchors.left: parent.left
        anchors.margins: 8
        anchors.right: parent.right
        anchors.top: phone.visible ? phone.bottom : scanner.bottom
        cellHeight: 150
        cellWidth: width / 4
        clip: true
        model: root.counter.things

        delegate: Item {
            id: cell

            required property var modelData

            height: grid.cellHeight
            width: grid.cellWidth

            Rectangle {
                id: tile

                readonly property string kind: cell.modelData.kind

                Drag.active: mover.active
                Drag.dragType: Drag.Automatic
                Drag.mimeData: {
                    "text/plain": cell.modelData.code
                }
                Drag.supportedActions: Qt.CopyAction
                anchors.fill: parent
                anchors.margins: 6
                border.color: "#D5DAE1"
                color: tap.pressed ? "#E4F4EB" : "#FFFFFF"
                radius: 14

                Image {
                    id: picture

                    anchors.horizontalCenter: parent.horizontalCenter
                    anchors.top: parent.top
                    anchors.topMargin: 10
                    height: 70
                    source: cell.modelData.picture
                    sourceSize: Qt.size(140, 140)
                    visible: cell.modelData.picture !== ""
                    width: 70
                }

                Text {
                    anchors.centerIn: picture
                    color: "#4F5866"
                    font.family: "Noto Sans CJK SC"
                    font.pixelSize: 40
                    text: ({
                            "wallet": "▣",
                            "member": "☺",
                            "e-member": "☻",
                            "badge": "✱",
                            "unknown": "?",
                            "label": "⚖"
                        })[tile.kind] ?? "▥"
                    visible: !picture.visible
                }

                Text {
                    anchors.bottom: parent.bottom
                    anchors.bottomMargin: 10
                    anchors.horizontalCenter: parent.horizontalCenter
                    color: "#14181F"
                    elide: Text.ElideRight
                    font.family: "Noto Sans CJK SC"
                    font.pixelSize: 15
                    horizontalAlignment: Text.AlignHCenter
                    maximumLineCount: 2
                    text: cell.modelData.name
                    textFormat: Text.PlainText
                    width: parent.width - 12
                    wrapMode: Text.Wrap
                }

                TapHandler {
                    id: tap

                    onTapped: root.counter.hold(cell.modelData.code)
                }

                DragHandler {
                    id: mover

                    target: null
                }
            }
        }
    }
}

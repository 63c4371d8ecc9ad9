pragma ComponentBehavior: Bound

import QtQuick
import "../theme"

// How to scan, without a word: a carton's barcode passes the red line of the scanner. Moves in slow steps: it must not
// warm the lane while nobody is there.
Item {
    id: picture

    property bool running: true
    property int step: 0

    readonly property real unit: width / 100

    Timer {
        interval: 900
        repeat: true
        running: picture.running && !Theme.calm

        onTriggered: picture.step = (picture.step + 1) % 4
    }

    // The scanner: a window in a dark plate, with its line.
    Rectangle {
        color: "#20262F"
        height: picture.unit * 22
        radius: picture.unit * 4
        width: picture.unit * 88
        x: picture.unit * 6
        y: picture.height - height

        Rectangle {
            anchors.centerIn: parent
            color: "#343C48"
            height: parent.height * 0.56
            radius: picture.unit * 2
            width: parent.width * 0.8

            Rectangle {
                anchors.centerIn: parent
                color: picture.step >= 2 ? "#3DDC97" : "#FF5A4F"
                height: picture.unit * 1.1
                radius: height / 2
                width: parent.width * 0.86
            }
        }
    }

    // The carton, coming down to the scanner.
    Item {
        height: picture.unit * 46
        width: picture.unit * 34
        x: picture.unit * 33
        y: picture.step === 0 ? 0 : picture.unit * 7

        Behavior on y {
            NumberAnimation {
                duration: Theme.motion
                easing.type: Easing.OutQuad
            }
        }

        Rectangle {
            color: "#F3EDE2"
            height: picture.unit * 40
            radius: picture.unit * 2
            width: parent.width
            y: picture.unit * 6

            Rectangle {
                color: Theme.brand
                height: picture.unit * 10
                width: parent.width
                y: picture.unit * 7
            }

            Rectangle {
                anchors.bottom: parent.bottom
                anchors.bottomMargin: picture.unit * 3
                anchors.horizontalCenter: parent.horizontalCenter
                color: "#FFFFFF"
                height: picture.unit * 13
                radius: picture.unit
                width: picture.unit * 26

                Row {
                    anchors.centerIn: parent
                    spacing: picture.unit * 0.7

                    Repeater {
                        model: [1.2, 0.6, 0.6, 1.8, 0.6, 1.2, 0.6, 1.8, 1.2, 0.6, 0.6, 1.2]

                        Rectangle {
                            required property real modelData

                            color: Theme.ink
                            height: picture.unit * 9
                            width: picture.unit * modelData
                        }
                    }
                }
            }
        }

        Rectangle {
            color: "#E3D8C4"
            height: picture.unit * 7
            radius: picture.unit
            width: picture.unit * 26
            x: picture.unit * 4
            y: picture.unit * 1
        }
    }

    // It was read.
    Rectangle {
        color: Theme.good
        height: width
        opacity: picture.step >= 2 ? 1 : 0
        radius: width / 2
        width: picture.unit * 20
        x: picture.unit * 72
        y: picture.unit * 8

        Icon {
            anchors.centerIn: parent
            color: "#FFFFFF"
            name: "check"
            size: picture.unit * 13
            stroke: 2.4
        }
    }
}

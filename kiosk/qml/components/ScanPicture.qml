import QtQuick
import "../theme"

// How to scan, without a word: a carton's barcode comes before the scanner's beam and is read. Moves in slow steps: it must
// not warm the lane while nobody is there.
Item {
    id: picture

    readonly property bool read: step >= 2
    property bool running: true
    property int step: 0

    readonly property real unit: Math.min(width / 100, height / 90)

    Timer {
        interval: 900
        repeat: true
        running: picture.running && !Theme.calm

        onTriggered: picture.step = (picture.step + 1) % 4
    }

    Item {
        anchors.centerIn: parent
        height: picture.unit * 90
        width: picture.unit * 100

        // The beam, fading upwards.
        Rectangle {
            height: picture.unit * 24
            width: picture.unit * 56
            x: picture.unit * 22
            y: picture.unit * 50

            gradient: Gradient {
                GradientStop {
                    color: picture.read ? "#001DBF6B" : "#00FF5A4F"
                    position: 0
                }

                GradientStop {
                    color: picture.read ? "#661DBF6B" : "#66FF5A4F"
                    position: 1
                }
            }
        }

        // The scanner: a window in a dark plate, with its line.
        Rectangle {
            color: "#232A34"
            height: picture.unit * 20
            radius: picture.unit * 5
            width: picture.unit * 84
            x: picture.unit * 8
            y: picture.unit * 70

            Rectangle {
                anchors.centerIn: parent
                color: "#39424F"
                height: parent.height * 0.5
                radius: picture.unit * 2.5
                width: parent.width * 0.8

                Rectangle {
                    anchors.centerIn: parent
                    color: picture.read ? "#3DDC97" : "#FF5A4F"
                    height: picture.unit * 1.2
                    radius: height / 2
                    width: parent.width * 0.86
                }
            }
        }

        Image {
            height: picture.unit * 56.8
            source: "../pictures/carton.svg"
            sourceSize: Qt.size(Math.round(width), Math.round(height))
            width: picture.unit * 40
            x: picture.unit * 30
            y: picture.step === 0 ? 0 : picture.unit * 7

            Behavior on y {
                NumberAnimation {
                    duration: Theme.motion
                    easing.type: Easing.OutQuad
                }
            }
        }

        // It was read.
        Rectangle {
            color: Theme.good
            height: width
            radius: width / 2
            visible: picture.read
            width: picture.unit * 20
            x: picture.unit * 76
            y: picture.unit * 14

            Icon {
                anchors.centerIn: parent
                color: "#FFFFFF"
                name: "check"
                size: Math.round(picture.unit * 13)
                stroke: 2.4
            }
        }
    }
}

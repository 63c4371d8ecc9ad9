import QtQuick
import ScanAndGo
import "../theme"

// What the camera sees, with the aiming zone and what was found. As high as it is told to be, as wide as the picture is.
Item {
    id: view

    required property CameraViewModel camera
    property color surround: Theme.surface

    objectName: "cameraView"
    visible: camera.there
    width: Math.round(height * camera.aspect)

    Rectangle {
        anchors.fill: parent
        anchors.margins: 1 // else it shines through at the round corners
        color: "#232A34"
        radius: Theme.radius
    }

    // A picture that comes while the one before is being decoded waits for it: on a busy machine none would be shown else.
    component Live: Image {
        id: live

        property string newest: ""

        function follow(): void {
            if (live.status !== Image.Loading)
                live.source = live.newest;
        }

        anchors.fill: parent
        asynchronous: true
        cache: false
        retainWhileLoading: true

        onNewestChanged: follow()
        onStatusChanged: follow()
    }

    Live {
        mirror: view.camera.mirrored
        newest: view.visible ? view.camera.picture : ""
    }

    Live {
        newest: view.visible ? view.camera.overlay : ""
        sourceSize: Qt.size(view.width, view.height)
    }

    // Round corners: an Image has none, and a mask would cost a layer for each picture.
    Image {
        readonly property real r: Theme.radius

        anchors.fill: parent
        source: !view.visible || Math.min(width, height) <= 2 * r ? "" : "data:image/svg+xml;utf8," + encodeURIComponent("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " + width + " " + height + "'><path fill-rule='evenodd' fill='" + view.surround + "' d='M0 0h" + width + "v" + height + "h-" + width + "zM" + r + " 0h" + (width - 2 * r) + "a" + r + " " + r + " 0 0 1 " + r + " " + r + "v" + (height - 2 * r) + "a" + r + " " + r + " 0 0 1 -" + r + " " + r + "h-" + (width - 2 * r) + "a" + r + " " + r + " 0 0 1 -" + r + " -" + r + "v-" + (height - 2 * r) + "a" + r + " " + r + " 0 0 1 " + r + " -" + r + "z'/></svg>")
        sourceSize: Qt.size(width, height)
    }

    Rectangle {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(14)
        anchors.horizontalCenter: parent.horizontalCenter
        color: "#E614181F"
        height: several.implicitHeight + Theme.px(16)
        radius: Math.min(height / 2, Theme.px(24))
        visible: view.camera.hint === "several" && view.height >= Theme.px(190)
        width: several.width + Theme.px(36)

        Label {
            id: several

            anchors.centerIn: parent
            color: "#FFFFFF"
            font.pixelSize: Theme.caption
            horizontalAlignment: Text.AlignHCenter
            objectName: "cameraSeveral"
            text: qsTrId("camera.several")
            width: Math.min(implicitWidth, view.width - Theme.px(64))
            wrapMode: Text.Wrap
        }
    }

    Column {
        anchors.centerIn: parent
        spacing: Theme.px(10)
        visible: view.camera.away || view.camera.picture === ""
        width: parent.width - Theme.px(32)

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            color: "#C9D1DB"
            name: "noCamera"
            size: Theme.px(56)
            visible: view.camera.away && view.height >= Theme.px(190)
        }

        Label {
            color: "#FFFFFF"
            font.pixelSize: Theme.caption
            horizontalAlignment: Text.AlignHCenter
            objectName: "cameraAway"
            text: view.camera.away ? qsTrId("camera.away") : qsTrId("camera.starts")
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}

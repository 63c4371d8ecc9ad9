import QtQuick
import "../theme"

// Seconds that run out, as a ring and as a figure.
Canvas {
    id: ring

    property color accent: "#7FB2FF"
    property int seconds: 0
    property int total: 30

    height: width
    width: Theme.px(104)

    onSecondsChanged: ring.requestPaint()
    onPaint: {
        const pen = ring.getContext("2d");
        const stroke = ring.width * 0.08;
        pen.reset();
        pen.lineWidth = stroke;
        pen.strokeStyle = "#3A4350";
        pen.beginPath();
        pen.arc(ring.width / 2, ring.width / 2, (ring.width - stroke) / 2, 0, 2 * Math.PI);
        pen.stroke();
        pen.strokeStyle = ring.accent;
        pen.lineCap = "round";
        pen.beginPath();
        pen.arc(ring.width / 2, ring.width / 2, (ring.width - stroke) / 2, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.min(1, ring.seconds / ring.total));
        pen.stroke();
    }
    onWidthChanged: ring.requestPaint()

    Label {
        anchors.centerIn: parent
        color: "#FFFFFF"
        font.features: {
            "tnum": 1
        }
        font.pixelSize: Theme.line
        font.weight: Font.DemiBold
        objectName: "staffSeconds"
        text: ring.seconds
    }
}

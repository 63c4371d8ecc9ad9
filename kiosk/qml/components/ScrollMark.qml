import QtQuick
import "../theme"

// Where one is in a list that is longer than its room; nothing while all of it is in sight.
Rectangle {
    id: mark

    required property Flickable marked

    anchors.left: marked.right
    anchors.leftMargin: Theme.px(10)
    color: "#B4BBC6"
    height: Math.max(Theme.px(48), marked.height * marked.visibleArea.heightRatio)
    radius: width / 2
    visible: marked.contentHeight > marked.height + 1
    width: Theme.px(8)
    y: marked.y + marked.visibleArea.yPosition * marked.height
}

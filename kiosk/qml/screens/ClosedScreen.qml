import QtQuick

// Staff have closed this lane.
RestScreen {
    icon: "pause"
    staffText: qsTrId("closed.staff")
    text: qsTrId("closed.text")
    title: qsTrId("closed.title")
}

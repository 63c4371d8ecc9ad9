import QtQuick
import "../theme"

// Nobody could pay here just now, not even at the till: better no basket than one that cannot be paid.
RestScreen {
    accent: Theme.warn
    icon: "offline"
    soft: Theme.warnSoft
    staffText: qsTrId("no_way.staff")
    text: qsTrId("no_way.text")
    title: qsTrId("no_way.title")
}

import QtQuick
import "../theme"

// The price list is too old to sell by: better no sale than a wrong price.
RestScreen {
    id: screen

    accent: Theme.warn
    icon: "clock"
    soft: Theme.warnSoft
    staffName: "listTime"
    staffText: screen.lane.listTime + " · " + qsTrId("stale.staff")
    text: qsTrId("stale.text")
    title: qsTrId("stale.title")
}

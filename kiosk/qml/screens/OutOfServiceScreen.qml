import QtQuick
import "../theme"

// Something is wrong with this lane: nothing alarming for the shopper, the remedy for staff.
RestScreen {
    id: screen

    accent: Theme.warn
    icon: "alert"
    soft: Theme.warnSoft
    staffName: "faultText"
    staffText: screen.lane.faultText
    text: screen.lane.outText
    title: qsTrId("out_of_service.title")
}

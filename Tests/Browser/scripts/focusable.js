// Marks everything that a person can act on, and says what each is. Of radio buttons of one name only one is a stop.
() => {
    const shown = element =>
        element.checkVisibility({ visibilityProperty: true, opacityProperty: false })
        && !element.closest("[inert], fieldset:disabled")
    const selector = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe,"
        + " audio[controls], video[controls], [tabindex], [contenteditable=true]"
    const groups = new Set()
    return [...document.querySelectorAll(selector)].filter(element => {
        if (element.disabled || element.tabIndex < 0 || !shown(element)) return false
        if (element.matches("summary:not(details > summary:first-of-type)")) return false
        if (element.type !== "radio" || !element.name) return true
        const group = `${element.form?.getAttribute("action")}/${element.name}`
        return !groups.has(group) && groups.add(group)
    }).map((element, index) => {
        element.dataset.harnessStop = element.type === "radio" ? `radio ${element.name}` : String(index)
        if (element.type === "radio") {
            for (const other of document.getElementsByName(element.name)) {
                other.dataset.harnessStop = `radio ${element.name}`
            }
        }
        return [element.dataset.harnessStop, element.outerHTML.slice(0, 120)]
    })
}

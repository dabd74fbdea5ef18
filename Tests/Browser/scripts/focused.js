// What has the focus now, and why it cannot be seen, if it cannot.
() => {
    const element = document.activeElement
    if (!element || element === document.body) return null
    const ring = style => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1)
        || style.boxShadow !== "none"
    const bearers = [element, element.parentElement, ...(element.labels ?? [])].filter(bearer => bearer)
    const box = element.getBoundingClientRect()
    const troubles = []
    if (!bearers.some(bearer => ring(getComputedStyle(bearer)))) troubles.push("no ring around it")
    if (box.width < 1 || box.height < 1) troubles.push("it has no extent")
    if (box.bottom < 1 || box.top > innerHeight - 1 || box.right < 1 || box.left > innerWidth - 1) {
        troubles.push("it lies outside the window")
    } else {
        const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 8), 0), innerWidth - 1)
        const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1)
        const over = document.elementFromPoint(x, y)
        const related = over
            && (element.contains(over) || over.contains(element) || over.closest("label")?.control === element)
        if (!related) troubles.push(`it is covered by ${over?.outerHTML.slice(0, 80)}`)
    }
    return [element.dataset.harnessStop ?? null, element.outerHTML.slice(0, 120), troubles]
}

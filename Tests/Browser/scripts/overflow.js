// What reaches beyond the right edge of the page, if the page can be moved sideways: outermost elements first.
() => {
    const root = document.documentElement
    const edge = root.clientWidth
    if (root.scrollWidth <= edge && document.body.scrollWidth <= edge) return []
    const scrolls = element => {
        for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
            if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(at).overflowX)) return true
        }
        return false
    }
    const describe = element => {
        const right = element.getBoundingClientRect().right
        return `<${element.tagName.toLowerCase()} class="${element.className}"> ends at ${right}`
    }
    const wide = [...document.body.querySelectorAll("*")].filter(
        element => element.getBoundingClientRect().right > edge + 0.5 && !scrolls(element))
    return [`the page is ${root.scrollWidth} wide in a window of ${edge}`, ...wide.slice(0, 10).map(describe)]
}

// What the page offers to do: links, and forms with the names of their fields. What says data-needs="script" is left
// out.
() => {
    const own = element => !element.closest('[data-needs="script"]')
    const links = [...document.querySelectorAll("a[href]")].filter(own).map(link => `link ${link.getAttribute("href")}`)
    const forms = [...document.forms].filter(own).map(form => {
        const names = [...form.elements].filter(own).map(field => field.name).filter(name => name)
        return `form ${form.method} ${form.getAttribute("action")}: ${[...new Set(names)].join(" ")}`
    })
    return [...new Set([...links, ...forms])]
}

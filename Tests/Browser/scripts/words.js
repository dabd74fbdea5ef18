// Every word that people read or hear on the page, without data: what stands in elements with translate="no", and what
// is marked as of another language than the page (a link to the page's other language is).
page => {
    const words = []
    const isData = element => {
        for (let at = element; at; at = at.parentElement) {
            if (at.getAttribute("translate") === "no") return true
            const language = at.getAttribute("lang")
            if (language !== null) return language !== page
        }
        return false
    }
    const add = (element, text) => {
        if (text?.trim() && !isData(element)) {
            words.push([text.trim(), element.outerHTML.slice(0, 100)])
        }
    }
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement
        if (!parent.closest("script, style, template, noscript")) add(parent, walker.currentNode.data)
    }
    for (const element of document.querySelectorAll("*")) {
        for (const name of ["aria-label", "aria-description", "aria-roledescription", "title", "alt", "placeholder"]) {
            add(element, element.getAttribute(name))
        }
        if (element.matches("input[type=submit], input[type=button], input[type=reset]")) add(element, element.value)
        if (element.matches("meta[name=description]")) add(element, element.content)
    }
    return words
}

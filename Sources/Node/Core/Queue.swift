/// First in, first out, without moving what waits at every step.
struct Queue<Element> {
    private var elements: [Element?] = []
    private var start = 0

    var count: Int { elements.count - start }
    var isEmpty: Bool { start == elements.count }
    var first: Element? { isEmpty ? nil : elements[start] }

    mutating func append(_ element: Element) { elements.append(element) }

    /// Nothing happens where nothing waits.
    mutating func removeFirst() {
        guard !isEmpty else { return }
        elements[start] = nil
        start += 1
        if start * 2 >= elements.count {
            elements.removeFirst(start)
            start = 0
        }
    }

    mutating func popFirst() -> Element? {
        defer { removeFirst() }
        return first
    }
}

extension Queue: Sendable where Element: Sendable {}

extension Queue: Sequence {
    func makeIterator() -> some IteratorProtocol<Element> { elements[start...].lazy.compactMap { $0 }.makeIterator() }
}

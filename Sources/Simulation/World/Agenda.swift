/// What is still to happen, in the order of its time and, at one time, of its insertion: a binary heap.
struct Agenda<What> {
    private struct Item {
        let at: UInt64
        let order: UInt64
        let what: What

        func isBefore(_ other: Item) -> Bool { (at, order) < (other.at, other.order) }
    }

    private var heap: [Item] = []
    private var inserted: UInt64 = 0

    var count: Int { heap.count }

    /// When the next thing happens; `nil` if nothing is left.
    var next: UInt64? { heap.first?.at }

    mutating func add(_ what: What, at time: UInt64) {
        inserted += 1
        heap.append(Item(at: time, order: inserted, what: what))
        rise(heap.count - 1)
    }

    /// Takes out the next thing.
    mutating func take() -> (at: UInt64, what: What)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.at, first.what)
    }

    private mutating func rise(_ start: Int) {
        var place = start
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != place else { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}

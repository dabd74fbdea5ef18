import Synchronization

/// Keeps what was made of a key, so that it is made once. Beyond its capacity it forgets everything and begins anew.
final class ReadOnce<Key: Hashable & Sendable, Made: Sendable>: Sendable {
    private let capacity: Int
    private let made = Mutex<[Key: Made]>([:])

    init(capacity: Int) { self.capacity = capacity }

    func value(for key: Key, _ make: () -> Made) -> Made {
        if let known = made.withLock({ $0[key] }) { return known }
        let value = make()
        made.withLock { kept in
            if kept.count >= capacity { kept.removeAll() }
            kept[key] = value
        }
        return value
    }
}

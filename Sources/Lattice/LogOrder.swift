import Ledger

extension [LiveValue] {
    /// A log's elements in order of (depth, stamp, dot), the depth of an element being one more than the deepest live
    /// one it comes `after`: no clock can put an element before what it follows.
    ///
    /// Hashes make a circle of such citations infeasible. Elements of one, and those that follow them, would count
    /// only what they follow outside.
    func inLogOrder() -> [LiveValue] {
        let depths = logDepths()
        return indices.sorted { left, right in
            if depths[left] != depths[right] { return depths[left] < depths[right] }
            if self[left].stamp != self[right].stamp { return self[left].stamp < self[right].stamp }
            return self[left].dot < self[right].dot
        }.map { self[$0] }
    }

    /// Beside each element its depth, from 1 on (Kahn, "Topological sorting of large networks", 1962).
    private func logDepths() -> [Int] {
        var followers = [[Int]](repeating: [], count: count)
        var open = [Int](repeating: 0, count: count)
        for (place, element) in enumerated() {
            for citation in element.after {
                guard let followed = self.place(of: citation) else { continue }
                followers[followed].append(place)
                open[place] += 1
            }
        }
        var depths = [Int](repeating: 1, count: count)
        var ready = indices.filter { open[$0] == 0 }
        while let place = ready.popLast() {
            for follower in followers[place] {
                depths[follower] = Swift.max(depths[follower], depths[place] + 1)
                open[follower] -= 1
                if open[follower] == 0 { ready.append(follower) }
            }
        }
        return depths
    }

    private func place(of citation: Citation) -> Int? {
        let place = firstPlace { $0.dot >= citation.dot }
        return place < count && self[place].citation == citation ? place : nil
    }
}

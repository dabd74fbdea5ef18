import Divisions
import Testing

@testable import Node

/// Lists of the board, a page at a time.
struct BoardPageTests {
    @Test func `a page is as long as was asked for, and tells whether another follows`() {
        let question = API.BoardQuestion(division: "4407", today: 0, limit: 2, offset: 4)
        #expect(question.asked == 3)
        let full = question.page([5, 6, 7])
        #expect((full.rows, full.next) == ([5, 6], "6"))
        let last = question.page([5, 6])
        #expect((last.rows, last.next) == ([5, 6], nil))
    }
}

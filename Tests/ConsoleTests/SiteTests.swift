import Foundation
import Libraries
import Testing

@testable import Console

@Suite struct SiteTests {
    @Test func `every template has its texts in every language`() throws { _ = try Site() }
}

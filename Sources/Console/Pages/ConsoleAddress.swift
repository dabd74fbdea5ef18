/// An address of the console, for whoever walks through all of them.
package struct ConsoleAddress: Hashable, Sendable {
    /// With parameters in braces.
    package let path: String
    /// Whether a page answers; otherwise it is something that a page offers, such as a table as CSV.
    package let isPage: Bool
    private let audience: Audience

    private init(_ path: String, isPage: Bool, _ audience: Audience) {
        (self.path, self.isPage, self.audience) = (path, isPage, audience)
    }

    /// Every address that is read, in the order of the sections.
    package static var all: [ConsoleAddress] {
        Console.sections.flatMap { section in
            section.pages.map { ConsoleAddress($0.path, isPage: true, $0.audience) }
                + section.downloads.map { ConsoleAddress($0.path, isPage: false, $0.audience) }
        }
    }

    /// Whether somebody who signed in with this role may open it.
    package func admits(role: String) -> Bool {
        switch audience {
        case .everyone, .signedIn: true
        case .roles(let roles): roles.contains(role)
        }
    }
}

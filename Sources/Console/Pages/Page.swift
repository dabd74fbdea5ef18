import HTTPTypes
import Hummingbird
import Libraries

/// Who may see a page. The API decides about everything behind it; this only keeps people from pages that would be empty
/// for them.
enum Audience: Hashable, Sendable {
    case everyone
    case signedIn
    case roles(Set<String>)

    func admits(_ person: Person?) -> Bool {
        switch self {
        case .everyone: true
        case .signedIn: person != nil
        case .roles(let roles): person.map { roles.contains($0.role) } ?? false
        }
    }
}

/// A page at an address of its own: what it asks the API for, and the template that shows it.
struct Page: Sendable {
    /// With parameters in braces.
    let path: String
    let template: String
    var audience: Audience = .signedIn
    /// Makes the view: an object whose members the template names.
    let fill: @Sendable (Visit) async throws -> JSON
}

/// What the forms of a page do.
struct Action: Sendable {
    let path: String
    var audience: Audience = .signedIn
    /// The page that is shown again, with what was entered, when the API refuses; its path has the same parameters.
    let page: Page?
    let act: @Sendable (Visit, Form) async throws -> Outcome
}

/// What comes of a form.
enum Outcome: Sendable {
    /// Another page, with a word on what was done: a key below `said` of the catalogue.
    case seeOther(String, said: String? = nil)
    /// A page made of this view, such as one that shows a secret once.
    case shown(template: String, JSON)
    case response(Response)
}

/// What belongs to one part of the console.
struct Section: Sendable {
    var pages: [Page] = []
    var actions: [Action] = []
    /// Addresses that answer something that is no page, such as a table as CSV.
    var downloads: [Download] = []
}

/// An address whose answer is passed on as it comes.
struct Download: Sendable {
    let path: String
    var audience: Audience = .signedIn
    let answer: @Sendable (Visit) async throws -> Response
}

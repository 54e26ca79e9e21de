import Foundation
import Mobile

/// Owns the player and tells the rest of the shell, on the main thread, when something has changed.
final class Shell: NSObject, ObservableObject, MobileListenerProtocol, MobileCodeShownProtocol {
    @Published private(set) var releases: [MobileRelease] = []
    @Published private(set) var words = ""
    private(set) var ninth: MobileNinth?
    private var nowPlaying: NowPlaying?

    override init() {
        super.init()
        let home = FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask)[0]
        var failure: NSError?
        ninth = MobileOpen(home.appendingPathComponent("Ninth").path, self, &failure)
        words = failure?.localizedDescription ?? ""
        nowPlaying = ninth.map(NowPlaying.init)
        changed()
    }

    func onChange() { DispatchQueue.main.async { self.changed() } }

    func showCode(_ url: String?, code: String?, complete: String?) {
        say("At \(url ?? ""), type \(code ?? "")")
    }

    func signIn(_ address: String) {
        background { ninth in
            try ninth.signIn(withCode: address, shown: self)
            try ninth.refresh()
        }
    }

    func play(_ release: MobileRelease) { background { try $0.playRelease(release.id_) } }

    private func changed() {
        nowPlaying?.show()
        if ninth?.signedIn() == true {
            let trouble = ninth?.trouble() ?? ""
            words = trouble.isEmpty ? ninth?.title() ?? "" : trouble
        }
        background { ninth in
            let page = try ninth.releases(0, limit: 100)
            let found = (0..<page.len()).compactMap { page.get($0) }
            DispatchQueue.main.async { self.releases = found }
        }
    }

    private func say(_ text: String) { DispatchQueue.main.async { self.words = text } }

    private func background(_ work: @escaping (MobileNinth) throws -> Void) {
        guard let ninth else { return }
        DispatchQueue.global().async {
            do { try work(ninth) } catch { self.say(error.localizedDescription) }
        }
    }
}

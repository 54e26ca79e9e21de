import SwiftUI

/// The least there can be on a screen: sign in, the newest releases, one button.
@main
struct NinthApp: App {
    @StateObject private var shell = Shell()
    @State private var address = ""

    var body: some Scene {
        WindowGroup {
            VStack {
                List(shell.releases, id: \.id_) { release in
                    Button(release.title) { shell.play(release) }
                }
                Text(shell.words)
                if shell.ninth?.signedIn() == true {
                    Button(shell.ninth?.active() == true ? "Pause" : "Play") { shell.ninth?.toggle() }
                } else {
                    TextField("coop.example", text: $address).textInputAutocapitalization(.never)
                    Button("Sign in") { shell.signIn(address) }
                }
            }
            .padding()
        }
    }
}

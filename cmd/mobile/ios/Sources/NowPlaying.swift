import AVFAudio
import MediaPlayer
import Mobile
import UIKit

/// The lock screen, Control Centre and headphones. Used on the main thread.
final class NowPlaying {
    private let ninth: MobileNinth
    private var interrupted = false  // by a call, say: it goes on by itself afterwards
    private var artwork: (path: String, picture: MPMediaItemArtwork)?

    init(_ ninth: MobileNinth) {
        self.ninth = ninth
        // Without this category iOS falls silent on lock and with the ring switch.
        try? AVAudioSession.sharedInstance().setCategory(.playback, mode: .default)
        command(\.playCommand) { _ in ninth.play() }
        command(\.pauseCommand) { _ in ninth.pause() }
        command(\.togglePlayPauseCommand) { _ in ninth.toggle() }
        command(\.nextTrackCommand) { _ in ninth.next() }
        command(\.previousTrackCommand) { _ in ninth.previous() }
        command(\.changePlaybackPositionCommand) { event in
            guard let to = (event as? MPChangePlaybackPositionCommandEvent)?.positionTime else { return }
            ninth.seek(to: Int64(to * 1000))
        }
        observe(AVAudioSession.interruptionNotification) { [weak self] in self?.interruption($0) }
        observe(AVAudioSession.routeChangeNotification) { note in
            let reason = note.userInfo?[AVAudioSessionRouteChangeReasonKey] as? UInt
            if reason == AVAudioSession.RouteChangeReason.oldDeviceUnavailable.rawValue { ninth.pause() }
        }
    }

    /// Shows what is heard now. The system counts the seconds itself; the shell is told of jumps.
    func show() {
        let active = ninth.active()
        if active { try? AVAudioSession.sharedInstance().setActive(true) }
        let centre = MPRemoteCommandCenter.shared()
        centre.nextTrackCommand.isEnabled = ninth.canNext()
        centre.previousTrackCommand.isEnabled = ninth.canPrevious()
        guard let track = ninth.now(), track.entry != 0 else {
            MPNowPlayingInfoCenter.default().nowPlayingInfo = nil
            return
        }
        var info: [String: Any] = [
            MPMediaItemPropertyTitle: track.title,
            MPMediaItemPropertyArtist: track.artist,
            MPMediaItemPropertyAlbumTitle: track.releaseTitle,
            MPMediaItemPropertyPlaybackDuration: Double(track.durationMs) / 1000,
            MPNowPlayingInfoPropertyElapsedPlaybackTime: Double(ninth.position()) / 1000,
            MPNowPlayingInfoPropertyPlaybackRate: ninth.stateName() == MobilePlaying ? 1.0 : 0.0,
        ]
        info[MPMediaItemPropertyArtwork] = picture(track.coverPath)
        MPNowPlayingInfoCenter.default().nowPlayingInfo = info
    }

    private func picture(_ path: String) -> MPMediaItemArtwork? {
        if artwork?.path != path {
            artwork = UIImage(contentsOfFile: path).map { image in
                (path, MPMediaItemArtwork(boundsSize: image.size) { _ in image })
            }
        }
        return artwork?.picture
    }

    private func interruption(_ note: Notification) {
        guard let raw = note.userInfo?[AVAudioSessionInterruptionTypeKey] as? UInt else { return }
        if AVAudioSession.InterruptionType(rawValue: raw) == .began {
            interrupted = ninth.active()
            ninth.pause()
            return
        }
        let options = note.userInfo?[AVAudioSessionInterruptionOptionKey] as? UInt ?? 0
        if interrupted, AVAudioSession.InterruptionOptions(rawValue: options).contains(.shouldResume) { ninth.play() }
        interrupted = false
    }

    private func command(
        _ which: KeyPath<MPRemoteCommandCenter, some MPRemoteCommand>, _ act: @escaping (MPRemoteCommandEvent) -> Void
    ) {
        MPRemoteCommandCenter.shared()[keyPath: which].addTarget { event in
            act(event)
            return .success
        }
    }

    private func observe(_ name: Notification.Name, _ act: @escaping (Notification) -> Void) {
        NotificationCenter.default.addObserver(forName: name, object: nil, queue: .main, using: act)
    }
}

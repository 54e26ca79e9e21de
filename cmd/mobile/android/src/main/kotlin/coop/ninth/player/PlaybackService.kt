package coop.ninth.player

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.media.AudioManager
import androidx.annotation.OptIn
import androidx.media.AudioFocusRequestCompat
import androidx.media.AudioManagerCompat
import androidx.media3.common.util.UnstableApi
import androidx.media3.session.MediaSession
import androidx.media3.session.MediaSessionService

/** Keeps the music going in the background; Media3 makes it a foreground service while it plays. */
@OptIn(UnstableApi::class)
class PlaybackService : MediaSessionService() {
    private val app get() = application as NinthApplication
    private val audio get() = getSystemService(Context.AUDIO_SERVICE) as AudioManager
    private lateinit var session: MediaSession
    private lateinit var player: NinthPlayer
    private var focused = false
    private var interrupted = false // by a call, say: it goes on by itself afterwards
    private val focus = AudioFocusRequestCompat.Builder(AudioManagerCompat.AUDIOFOCUS_GAIN)
        .setOnAudioFocusChangeListener(::focusChanged).build()
    private val watcher: () -> Unit = ::changed
    private val unplugged = object : BroadcastReceiver() {
        override fun onReceive(context: Context, intent: Intent) = app.ninth.pause()
    }

    override fun onCreate() {
        super.onCreate()
        player = NinthPlayer(app.ninth)
        session = MediaSession.Builder(this, player).build()
        app.watchers += watcher
        registerReceiver(unplugged, IntentFilter(AudioManager.ACTION_AUDIO_BECOMING_NOISY)) // only the system sends it
    }

    private fun changed() {
        if (app.ninth.active() && !focused) {
            focused = AudioManagerCompat.requestAudioFocus(audio, focus) == AudioManager.AUDIOFOCUS_REQUEST_GRANTED
            if (!focused) app.ninth.pause()
        }
        player.changed()
    }

    private fun focusChanged(change: Int) {
        if (change == AudioManager.AUDIOFOCUS_LOSS_TRANSIENT_CAN_DUCK) return // the system ducks
        if (change == AudioManager.AUDIOFOCUS_GAIN && interrupted) app.ninth.play()
        interrupted = change == AudioManager.AUDIOFOCUS_LOSS_TRANSIENT && app.ninth.active()
        focused = change != AudioManager.AUDIOFOCUS_LOSS
        if (change < 0) app.ninth.pause() // every loss is negative
    }

    override fun onGetSession(controller: MediaSession.ControllerInfo) = session

    override fun onDestroy() {
        app.watchers -= watcher
        app.ninth.pause()
        AudioManagerCompat.abandonAudioFocusRequest(audio, focus)
        unregisterReceiver(unplugged)
        session.release()
        super.onDestroy()
    }
}

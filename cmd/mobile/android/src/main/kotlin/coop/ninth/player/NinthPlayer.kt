package coop.ninth.player

import android.net.Uri
import android.os.Looper
import androidx.media3.common.C
import androidx.media3.common.MediaMetadata
import androidx.media3.common.Player
import androidx.media3.common.SimpleBasePlayer
import androidx.media3.common.util.UnstableApi
import com.google.common.util.concurrent.Futures
import com.google.common.util.concurrent.ListenableFuture
import coop.ninth.mobile.Mobile
import coop.ninth.mobile.Ninth
import java.io.File

/**
 * Shows Ninth to the media session. It plays nothing: it tells what Ninth does and passes on what
 * the system asks for. Media3 goes to the next item only where its playlist has one, so an item
 * without a name stands for whatever comes before or after.
 */
@UnstableApi
class NinthPlayer(private val ninth: Ninth) : SimpleBasePlayer(Looper.getMainLooper()) {
    private val commands = Player.Commands.Builder().addAll(
        COMMAND_PLAY_PAUSE, COMMAND_STOP, COMMAND_SEEK_IN_CURRENT_MEDIA_ITEM,
        COMMAND_SEEK_TO_NEXT, COMMAND_SEEK_TO_NEXT_MEDIA_ITEM,
        COMMAND_SEEK_TO_PREVIOUS, COMMAND_SEEK_TO_PREVIOUS_MEDIA_ITEM,
        COMMAND_GET_CURRENT_MEDIA_ITEM, COMMAND_GET_TIMELINE, COMMAND_GET_METADATA,
    ).build()

    fun changed() = invalidateState()

    override fun getState(): State {
        val track = ninth.now()
        val state = State.Builder().setAvailableCommands(commands)
            .setPlayWhenReady(ninth.active(), PLAY_WHEN_READY_CHANGE_REASON_USER_REQUEST)
        if (track.entry == 0L) return state.build()
        val before = if (ninth.canPrevious()) listOf(MediaItemData.Builder("before ${track.entry}").build()) else listOf()
        val after = if (ninth.canNext()) listOf(MediaItemData.Builder("after ${track.entry}").build()) else listOf()
        return state.setPlaylist(before + item(track) + after)
            .setCurrentMediaItemIndex(before.size)
            .setContentPositionMs { ninth.position() }
            .setPlaybackState(
                when (ninth.stateName()) {
                    Mobile.Stopped, Mobile.Failed -> STATE_IDLE
                    Mobile.Loading, Mobile.Buffering -> STATE_BUFFERING
                    else -> STATE_READY
                },
            ).build()
    }

    private fun item(track: coop.ninth.mobile.Track): MediaItemData {
        val metadata = MediaMetadata.Builder()
            .setTitle(track.title).setArtist(track.artist).setAlbumTitle(track.releaseTitle)
        if (track.coverPath.isNotEmpty()) metadata.setArtworkUri(Uri.fromFile(File(track.coverPath)))
        return MediaItemData.Builder("entry ${track.entry}").setMediaMetadata(metadata.build())
            .setDurationUs(if (track.durationMs > 0) track.durationMs * 1000 else C.TIME_UNSET)
            .setIsSeekable(track.durationMs > 0).build()
    }

    override fun handleSetPlayWhenReady(play: Boolean) = done { if (play) ninth.play() else ninth.pause() }
    override fun handleStop() = done { ninth.stop() }
    override fun handleSeek(index: Int, positionMs: Long, command: Int) = done {
        when (command) {
            COMMAND_SEEK_TO_NEXT, COMMAND_SEEK_TO_NEXT_MEDIA_ITEM -> ninth.next()
            COMMAND_SEEK_TO_PREVIOUS, COMMAND_SEEK_TO_PREVIOUS_MEDIA_ITEM -> ninth.previous()
            else -> ninth.seekTo(positionMs) // C.TIME_UNSET is far below the beginning
        }
    }

    private fun done(command: () -> Unit): ListenableFuture<*> { command(); return Futures.immediateVoidFuture() }
}

package coop.ninth.player

import android.app.Application
import android.os.Handler
import android.os.Looper
import coop.ninth.mobile.Listener
import coop.ninth.mobile.Mobile
import coop.ninth.mobile.Ninth

/** Owns the player for as long as the process lives: activity and service come and go. */
class NinthApplication : Application(), Listener {
    val ninth: Ninth by lazy { Mobile.open(filesDir.path, this) }
    val watchers = mutableSetOf<() -> Unit>() // of the main thread, and called on it after each change
    private val main = Handler(Looper.getMainLooper())

    override fun onChange() { main.post { watchers.toList().forEach { it() } } }
}

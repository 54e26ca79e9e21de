package coop.ninth.player

import android.app.Activity
import android.content.ComponentName
import android.os.Bundle
import android.widget.*
import androidx.media3.session.MediaController
import androidx.media3.session.SessionToken
import kotlin.concurrent.thread

/** The least there can be on a screen: sign in, the newest releases, one button. */
class MainActivity : Activity() {
    private val app get() = application as NinthApplication
    private val watcher: () -> Unit = ::show
    private val service by lazy { // being connected to is what starts it
        MediaController.Builder(this, SessionToken(this, ComponentName(this, PlaybackService::class.java))).buildAsync()
    }
    private val address by lazy { EditText(this).apply { hint = "coop.example" } }
    private val words by lazy { TextView(this) }
    private val button by lazy { Button(this) }
    private val list by lazy { ListView(this) }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        setContentView(LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            fitsSystemWindows = true
            addView(list, LinearLayout.LayoutParams(-1, 0, 1f))
            listOf(words, address, button).forEach { addView(it) }
        })
        button.setOnClickListener { if (app.ninth.signedIn()) app.ninth.toggle() else signIn() }
        service
        app.watchers += watcher
        show()
    }

    override fun onDestroy() {
        app.watchers -= watcher
        MediaController.releaseFuture(service)
        super.onDestroy()
    }

    private fun show() {
        address.isEnabled = !app.ninth.signedIn()
        button.text = if (app.ninth.signedIn()) (if (app.ninth.active()) "Pause" else "Play") else "Sign in"
        if (app.ninth.signedIn()) say(app.ninth.trouble().ifEmpty { app.ninth.title() })
        background {
            val page = app.ninth.releases(0, 100)
            val releases = (0 until page.len()).mapNotNull { page.get(it) }
            runOnUiThread {
                list.adapter = ArrayAdapter(this, android.R.layout.simple_list_item_1, releases.map { "${it.title}\n${it.artist}" })
                list.setOnItemClickListener { _, _, row, _ -> background { app.ninth.playRelease(releases[row].id) } }
            }
        }
    }

    private fun signIn() = background {
        app.ninth.signInWithCode(address.text.toString()) { url, code, _ -> say("At $url, type $code") }
        app.ninth.refresh()
    }

    private fun say(text: String) = runOnUiThread { words.text = text }

    private fun background(work: () -> Unit) {
        thread { try { work() } catch (e: Exception) { say(e.message ?: e.toString()) } }
    }
}

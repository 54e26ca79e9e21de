plugins {
    id("com.android.application") version "8.7.3"
    id("org.jetbrains.kotlin.android") version "2.0.21"
}

android {
    namespace = "coop.ninth.player"
    compileSdk = 35
    defaultConfig {
        minSdk = 24
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    implementation(files("libs/ninth.aar")) // made by gomobile, see ../README.md
    implementation("androidx.media:media:1.7.0")
    implementation("androidx.media3:media3-session:1.4.1")
}

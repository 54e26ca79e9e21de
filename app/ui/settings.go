package ui

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
)

// settingsScreen is the look, the budget, the account, and the room on disk.
// On a phone it is also the way to the studio.
type settingsScreen struct {
	s       *shell
	column  *widgets.Column
	wallet  *widgets.CreditBox
	account *widgets.Text
	signIn  *widgets.Pill // one of these two, as things are
	signOut *widgets.Pill
	disk    *widgets.Text
	full    *widgets.Text // a warning of little room
	sound   *widgets.Text
	device  *widgets.Box // the way to another device, where there is a choice
	studio  *widgets.Box // the way to the studio, for artists
	outbox  *outboxView
	folders *foldersView
}

// settingsWidth is the greatest width of the settings, in dp.
const settingsWidth = 560

func newSettingsScreen(s *shell) *settingsScreen {
	v := &settingsScreen{s: s, wallet: widgets.NewCreditBox(), outbox: newOutboxView(s), folders: newFoldersView(s)}
	line := func() *widgets.Text { return widgets.NewParagraph("", look.Body, look.Regular, look.Muted) }
	v.account, v.disk, v.sound = line(), line(), line()
	v.full = widgets.NewParagraph("", look.Body, look.Medium, look.Warning)
	v.full.Hide()
	title := lang.L("Settings")
	if s.isPhone {
		title = lang.L("You")
	}
	studio := widgets.NewPill(lang.L("Studio"), assets.IconStudio, false, func() { s.visit(place{kind: atStudio}) })
	v.studio = widgets.NewFlow(0, false, studio)
	parts := []widgets.Part{s.heading(title)}
	if s.isPhone {
		parts = append(parts, widgets.Part{Object: v.wallet, Above: 14}, widgets.Part{Object: v.studio, Above: 14})
	}
	parts = append(parts, widgets.Part{Object: v.outbox.head, Above: 26},
		widgets.Part{Object: v.outbox.list, Above: 12}, widgets.Part{Object: v.outbox.rest, Above: 12})
	add := func(name string, objects ...fyne.CanvasObject) {
		parts = append(parts, widgets.Part{Object: section(name), Above: 26})
		for _, o := range objects {
			parts = append(parts, widgets.Part{Object: o, Above: 12})
		}
	}
	add(lang.L("Colours"), v.modes())
	add(lang.L("Size of text"), v.scales())
	add(lang.L("Monthly budget"), teach(lang.L("When a month's plays have cost this much, Ninth asks before it plays on. Leave it empty for no limit.")), v.budget())
	v.signIn, v.signOut = widgets.NewPill(lang.L("Sign in"), "", true, func() { s.signIn() }), widgets.NewPill(lang.L("Sign out"), "", false, v.askToSignOut)
	add(lang.L("Account"), v.account, widgets.NewFlow(10, false, v.signIn, v.signOut))
	equaliser := widgets.NewPill(lang.L("Equaliser"), "", false, s.openEqualiser)
	var sleep *widgets.Pill
	sleep = widgets.NewPill(lang.L("Sleep timer"), "", false, func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(sleep)
		s.popUp(s.sleepItems(), at.AddXY(0, sleep.Size().Height))
	})
	loudness := widgets.NewPill(lang.L("Loudness and fades"), "", false, s.openSound)
	add(lang.L("Sound"), widgets.NewFlow(10, false, equaliser, loudness, sleep), v.sound, v.devices())
	if hasFolders() {
		add(lang.L("Music of your own"), teach(lang.L("Folders with music files on this machine: they are in the library and the search, play without the co-op, and cost nothing. Nothing of them leaves this machine.")),
			v.folders.list, v.folders.state, v.folders.buttons)
	}
	add(lang.L("Fetch ahead"), newAheadChoice(s).parts()...)
	add(lang.L("This machine"), v.disk, v.full,
		widgets.NewFlow(10, false, widgets.NewPill(lang.L("What is here, and why"), "", false, func() { s.visit(place{kind: atStorage}) })))
	v.column = widgets.NewColumn(s.gutter(), parts...)
	v.column.MaxWidth = settingsWidth
	return v
}

func (v *settingsScreen) body() *widgets.Column { return v.column }
func (v *settingsScreen) sounded()              { v.describe() }

func (v *settingsScreen) watches() library.Change {
	return library.Ownership | library.Files | library.Outbox | library.Catalogue
}

func (v *settingsScreen) load() {
	type news struct {
		room    room
		errands []errand
		waiting int
		devices app.Devices
		folders folderNews
	}
	read(v.s, func() (u news, err error) {
		if u.room, err = v.s.readRoom(); err != nil {
			return u, err
		}
		if u.errands, u.waiting, err = v.outbox.read(); err != nil {
			return u, err
		}
		if u.folders, err = v.folders.read(); err != nil {
			return u, err
		}
		// A sound server that does not answer only takes the choice away: what
		// is wrong with the sound is said beside it.
		u.devices, _ = v.s.session.Devices()
		return u, nil
	}, func(u news) {
		v.outbox.show(u.errands, u.waiting)
		v.folders.show(u.folders)
		v.device.Hidden = len(u.devices.Sinks) == 0
		v.disk.Set(u.room.line())
		v.full.Set(u.room.warning(v.s.m.status))
		v.full.Hidden = v.full.Content() == ""
		v.describe()
	})
}

// describe shows what the model knows.
func (v *settingsScreen) describe() {
	m := &v.s.m
	line, share := monthLine(m.spent, m.budget)
	v.wallet.Set(lang.L("{{.Amount}} credits", with{"Amount": m.account.Credits}), line, share)
	account := strings.Join(kept(m.account.Name, m.account.Email, m.account.CoOp), " · ")
	if !m.status.SignedIn {
		account = explain(api.ErrSignedOut)
	}
	v.account.Set(strings.Join(kept(account, explain(m.status.Err)), "\n"))
	v.signIn.Hidden, v.signOut.Hidden = m.status.SignedIn, !m.status.SignedIn
	v.sound.Set(lang.L("Sound goes to {{.Device}}.", with{"Device": m.snap.Device.Name}))
	if m.snap.Device.Err != nil {
		v.sound.Set(lang.L("No sound device: connect one, and Ninth goes on by itself."))
	}
	v.studio.Hidden = !m.account.Artist
	v.column.Reflow()
}

// devices is the way to another sound device.
func (v *settingsScreen) devices() *widgets.Box {
	var pill *widgets.Pill
	pill = widgets.NewPill(lang.L("Choose another"), "", false, func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(pill)
		v.s.chooseDevice(at.AddXY(0, pill.Size().Height))
	})
	v.device = widgets.NewFlow(10, false, pill)
	v.device.Hidden = true
	return v.device
}

// chooseDevice offers the sound devices that are there now.
func (s *shell) chooseDevice(at fyne.Position) {
	read(s, s.session.Devices, func(d app.Devices) {
		choose := func(id string) func() {
			return func() {
				s.run(func() func() {
					err := s.session.ChooseDevice(id)
					return func() { s.try(err) }
				})
			}
		}
		items := []*fyne.MenuItem{fyne.NewMenuItem(lang.L("As the system"), choose("")), fyne.NewMenuItemSeparator()}
		items[0].Checked = d.Chosen == ""
		for _, sink := range d.Sinks {
			item := fyne.NewMenuItem(sink.Name, choose(sink.ID))
			item.Checked = d.Chosen == sink.ID
			items = append(items, item)
		}
		s.popUp(items, at)
	})
}

// kept is the parts that are not empty.
func kept(parts ...string) (out []string) {
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

func (v *settingsScreen) modes() fyne.CanvasObject {
	chip := func(label string, m look.Mode) fyne.CanvasObject {
		c := widgets.NewChip(label, func() { v.s.setLook(m, v.s.theme.Scale()) })
		now := v.s.theme.Mode()
		c.Choose(now == m || m == look.Auto && now == "")
		return c
	}
	return widgets.NewFlow(8, false, chip(lang.L("As the system"), look.Auto), chip(lang.L("Dark"), look.AlwaysDark), chip(lang.L("Light"), look.AlwaysLight))
}

func (v *settingsScreen) scales() fyne.CanvasObject {
	var chips []fyne.CanvasObject
	for _, scale := range []float32{0.8, 1, 1.25, 1.5, 2} {
		c := widgets.NewChip(fmt.Sprintf("%.0f %%", scale*100), func() { v.s.setLook(v.s.theme.Mode(), scale) })
		c.Choose(math.Abs(float64(v.s.theme.Scale()-scale)) < 0.01)
		chips = append(chips, c)
	}
	return widgets.NewFlow(8, false, chips...)
}

func (v *settingsScreen) budget() fyne.CanvasObject {
	field := widget.NewEntry()
	field.SetPlaceHolder(lang.L("credits a month"))
	if b := v.s.m.budget; b > 0 {
		field.SetText(b.String())
	}
	field.Validator = func(text string) error {
		_, err := parseCredits(text)
		return err
	}
	save := func(string) {
		amount, err := parseCredits(field.Text)
		if err != nil {
			v.s.toast(lang.L("A budget is a number of credits, such as 4 or 2.5."), true, nil)
			return
		}
		if v.s.try(v.s.lib.SetSetting(settingBudget, strconv.FormatInt(int64(amount), 10))) {
			v.s.m.budget = amount
			v.s.show()
			v.describe()
		}
	}
	field.OnSubmitted = save
	button := widgets.NewPill(lang.L("Set"), "", false, func() { save("") })
	return group(func(size fyne.Size) {
		b := button.MinSize()
		h := field.MinSize().Height
		put(field, 0, (size.Height-h)/2, min(size.Width-b.Width-10, 200), h)
		put(button, min(size.Width-b.Width, 210), (size.Height-b.Height)/2, b.Width, b.Height)
	}, func() fyne.Size { return fyne.NewSize(0, max(field.MinSize().Height, button.MinSize().Height)) }, field, button)
}

// errNoAmount says that a text is no amount of credits.
var errNoAmount = errors.New("ui: not an amount of credits")

// mostCredits bounds what is taken for a budget.
const mostCredits = 1_000_000

// parseCredits reads an amount in credits, with at most three decimals; an
// empty text is none.
func parseCredits(text string) (credits.Milli, error) {
	text = strings.ReplaceAll(strings.TrimSpace(text), ",", ".")
	if text == "" {
		return 0, nil
	}
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > 3 || strings.ContainsAny(text, "+-") {
		return 0, errNoAmount
	}
	n, err := strconv.ParseInt(whole+(part + "000")[:3], 10, 64)
	if err != nil || n > mostCredits*1000 {
		return 0, errNoAmount
	}
	return credits.Milli(n), nil
}

func (v *settingsScreen) askToSignOut() {
	v.s.ask(lang.L("Sign out?"), lang.L("What you own stays yours; this machine forgets that it is yours until you sign in again."),
		lang.L("Sign out"), func() { v.s.signOut(false) })
}

// signOut ends the sign-in. What waits to be sent is only given up after a
// second question.
func (s *shell) signOut(discard bool) {
	s.run(func() func() {
		err := s.session.SignOut(s.ctx, discard)
		return func() {
			if errors.Is(err, library.ErrWaiting) {
				s.ask(lang.L("Some things were not sent yet"),
					lang.L("Plays, purchases or edits made offline still wait for the co-op. Signing out now gives them up."),
					lang.L("Give them up"), func() { s.signOut(true) })
				return
			}
			s.leave()
		}
	})
}

// setLook changes colours and size of text, and keeps the choice.
func (s *shell) setLook(mode look.Mode, scale float32) {
	s.theme = s.theme.With(mode, scale)
	fyne.CurrentApp().Settings().SetTheme(s.theme)
	s.try(errors.Join(s.lib.SetSetting(settingMode, string(mode)),
		s.lib.SetSetting(settingScale, strconv.FormatFloat(float64(s.theme.Scale()), 'f', -1, 32))))
	s.remember()
	s.rebuild()
	s.arrange(s.root.Size())
	s.root.Refresh()
}

"""Who made what in the demo co-op: everything in catalogue.json but the facts of the files.

Identifiers are given once and never change. rate is the bit rate of the streams
where the music does with less than the usual 88k.
"""

ARTISTS = [
    dict(slug="ines-aguiar", id="09b1e400-3639-4ae6-9405-d1d8dfecb12b", picture="8f3c7829-bc17-4d53-b185-53c2e624d51f",
         name="Ines Aguiar", kind="artist", country="PT",
         shortBio="Guitar songs without words from the mouth of a river.",
         bio="Ines Aguiar plays the guitar in a boathouse at the mouth of the Mondego and writes down what the water "
             "does. She records in one take, with friends on strings and winds, and keeps the window open when the "
             "weather allows."),
    dict(slug="the-quiet-commons", id="07ec1f05-e7f2-419c-a25f-a69c55c724c0", picture="910ee6c6-60f9-4c19-97c8-b21eccac7df6",
         name="The Quiet Commons", kind="band", country="GB",
         shortBio="Four neighbours, one upright piano, a shared account book.",
         bio="The Quiet Commons are four neighbours who bought a piano together and agreed on a rota. Their pieces are "
             "written in the margins of the account book that the rota is kept in. Nobody plays louder than the kettle."),
    dict(slug="odile-and-sons", id="2296039b-b9d4-45c6-a847-9327ae1affb6", picture="a1ece2c9-b30d-4ed7-84ce-4a8797d84a96",
         name="Odile & Sons", kind="band", country="FR",
         shortBio="A family trio for the hours after the second shift.",
         bio="Odile Marchetti led the dance band of a dockyard canteen for thirty years; her sons grew up under the "
             "piano. Now the three of them play for whoever is still awake: swing, a waltz, and one slow tune for the "
             "walk home."),
    dict(slug="marrow", id="bda780e2-90e7-48bc-810c-892c25288caf", picture="2d949e81-df31-4c5c-97df-61ac0cb24098",
         name="Marrow", kind="artist", country="DE",
         shortBio="Long electronic journeys, timed by railway clocks.",
         bio="Marrow worked ten years in a signal box near Halle and learned there how long a minute is. The records are "
             "one journey each: put on the first track and the last follows without a stop."),
    dict(slug="yusuf-kade", id="49862b03-ace1-4f49-bb03-b00d0e065642", picture="8c2f45bd-32fd-4cf6-9043-cb83cd98bdd1",
         name="Yusuf Kade", kind="artist", country="NL",
         shortBio="Night baker and slow synthesist.",
         bio="Yusuf Kade bakes bread from two in the morning and plays synthesizers while it rises. The pieces last as "
             "long as the dough lets them. All the static is from the bakery radio."),
]

RELEASES = [
    dict(slug="low-water-marks", id="a09a5439-89d3-46dc-b5bd-4c1eb09b560d", picture="73344b46-792e-483b-87bf-175b2e65fa1f",
         artist="ines-aguiar", title="Low Water Marks", type="lp", releaseDate="2026-09-18", year=2026, genre="Folk",
         tags=["folk", "acoustic", "guitar", "instrumental"], score=("low_water_marks", "TRACKS"),
         about="Five pieces for guitar and a few friends, one for each mark on the harbour wall. Recorded between tides.",
         tracks=[("1eae69d5-a945-4d3e-8da0-bc23a989f8ec", "Harbour lights", "paid"),
                 ("7035907e-ef3d-48e2-9015-16aa7a0027f1", "What the tide keeps", "paid"),
                 ("2afc8437-a0cf-4798-ba8c-31980792206d", "Slow telegraph", "paid"),
                 ("dad21f51-9d2e-4648-a01a-4f0762d13f1c", "Lanterns, lowered", "paid"),
                 ("c9c8f5cb-7667-48d5-9d18-fb00a4c89470", "Undertow", "paid")]),
    dict(slug="ledger-songs", id="e2f2eb1e-0fc3-4f4f-9a31-54f75d36b671", picture="640567e8-ce87-4cb3-b126-1d20512ff113",
         artist="the-quiet-commons", title="Ledger Songs", type="ep", releaseDate="2026-06-05", year=2026, genre="Chamber",
         tags=["chamber", "piano", "strings", "instrumental"], score=("ledger_songs", "TRACKS"),
         about="Piano and small ensemble. Each piece balances: what the first half takes out, the second puts back.",
         tracks=[("757bebff-9f21-41f2-b2e6-92d035f78553", "Paper boats", "paid"),
                 ("fa295d88-d36e-4d40-92e8-d1e31e14ff5f", "Small figures", "paid"),
                 ("bfb52e16-9638-4233-a0ac-54d12e160fc4", "Carried forward", "free+paid"),
                 ("a0fa0ca3-7f0f-4522-8eb2-47da0e4d6a8f", "Balance", "paid")]),
    dict(slug="night-works", id="f7b5a060-ab58-4c5b-aea1-f1d7a5cedbb9", picture="969f2434-9cd1-4ac5-9c45-c7b82d10c3b1",
         artist="odile-and-sons", title="Night Works", type="lp", releaseDate="2025-11-28", year=2025, genre="Jazz",
         tags=["jazz", "swing", "trio", "instrumental"], score=("night_works", "TRACKS"),
         about="Piano, bass and brushes, with the vibraphone that came with the canteen. For people who get home late.",
         tracks=[("53c47272-b1b4-4855-ac4e-487b298b9ecc", "Second shift", "paid"),
                 ("1bde13ad-8614-428e-84a5-903d38fe6fc9", "Yard lamps", "paid"),
                 ("27b6a360-f979-4e66-b81a-957bfa4fbbb3", "Canteen waltz", "paid"),
                 ("337df271-c63f-4d78-b5a4-6e24ec187c5a", "Last tram", "paid")]),
    dict(slug="points-and-crossings", id="541dd00c-2bf6-41d7-9041-cbf2f4ed664e", picture="3f20a528-a498-48dc-bddd-c230ad3a3d7c",
         artist="marrow", title="Points and Crossings", type="ep", releaseDate="2026-10-30", year=2026, genre="Electronic",
         tags=["electronic", "gapless", "instrumental"], score=("points_and_crossings", "TRACKS"), continuous=True, rate="80k",
         about="One journey in four parts. The tracks run into each other; there is no stop before the terminus.",
         tracks=[("b9be2149-f265-45b7-9eaa-63832f227eff", "Signal box", "free"),
                 ("cd36f70a-388d-47c7-b952-2fdc314a0c6a", "Points", "paid"),
                 ("5d81f6b5-9fa9-40bf-9b40-98fc8a28fe7d", "Long straight", "paid"),
                 ("4bc61ace-f15b-4359-9ecb-411d82dc8784", "Terminus", "paid")]),
    dict(slug="bread-and-static", id="a0cc8865-b96a-424f-85e7-6a01a2dc84f5", picture="b46cd14c-3ffa-4f19-a933-0702d0d5e584",
         artist="yusuf-kade", title="Bread and Static", type="ep", releaseDate="2026-02-13", year=2026, genre="Ambient",
         tags=["ambient", "dub", "electronic", "instrumental"], score=("bread_and_static", "TRACKS"), rate="80k",
         about="Three slow pieces made between two and five in the morning, while the dough rose.",
         tracks=[("1a12832c-ca86-4cac-8bd5-00890e1bc36f", "Bread and static", "paid"),
                 ("4dc76b9d-2266-40f8-9524-f9c36490a46d", "First proof", "free+paid"),
                 ("ecf48a8a-dafd-4d75-a83d-118c757d27b3", "Ovens at four", "paid")]),
    dict(slug="spring-tide", id="8b9ec036-4d04-439e-a6be-5c2013d1cc42", picture="6fc9f179-2a6a-4181-a83d-ba026dbb7b17",
         artist="ines-aguiar", title="Spring Tide", type="single", releaseInDays=21, year=2026, genre="Folk",
         tags=["folk", "acoustic", "guitar", "instrumental"], score=("low_water_marks", "SCHEDULED"),
         about="A single for the highest water of the year.",
         tracks=[("7d27b146-8cb3-4bf2-8ae8-29a089546fa5", "Spring tide", "paid")]),
    dict(slug="salt-letters", id="ce325ca5-f3b3-41d6-9bfa-0e147a7c9e83", picture="e14c6426-808a-419d-b0c8-7fffc6746e7e",
         artist="ines-aguiar", title="Salt Letters (draft)", type="ep", releaseInDays=90, year=2026, genre="Folk",
         tags=["folk", "guitar", "instrumental"], score=("low_water_marks", "DRAFT"), draft=True,
         about="Guitar alone. Not finished: the second letter still wants an ending.",
         tracks=[("f245652f-9d23-45b1-96b4-5b5071519273", "Letter from the mole", "hidden"),
                 ("ad1d31e5-f319-498e-9d0c-c400ef6b8e51", "Salt letters", "hidden")]),
]

package library

// indexTags puts the releases under their tags, and the tags into the search.
func indexTags(tx *txn) error {
	err := makeBuckets(tx, kindTag.records(), string(releasesTagged), kindTag.words(), kindTag.docs(), kindTag.numbers())
	if err != nil {
		return err
	}
	return tx.eachRelease(func(id string, r releaseRecord) error { return tx.retag(id, releaseRecord{}, r) })
}

func (tx *txn) eachRelease(fn func(id string, r releaseRecord) error) error {
	return scan(tx.bucket(bReleases), nil, func(k, v []byte) (bool, error) {
		var r releaseRecord
		if err := decode(v, &r); err != nil {
			return false, err
		}
		return true, fn(string(k), r)
	})
}

// makeSmart makes room for smart lists and followed artists, and orders what
// was heard by when and by how often.
func makeSmart(tx *txn) error {
	err := makeBuckets(tx, bSmart, bFollowed, string(followedSince), string(heardLast), string(heardMost))
	if err != nil {
		return err
	}
	return scan(tx.bucket(bHeard), nil, func(k, v []byte) (bool, error) {
		var h heardRecord
		if err := decode(v, &h); err != nil {
			return false, err
		}
		return true, tx.placeHeard(string(k), heardRecord{}, h)
	})
}

// addPins makes the indexes of pins and of all files, the largest first.
func addPins(tx *txn) error {
	if err := makeBuckets(tx, string(pinned), string(diskSize)); err != nil {
		return err
	}
	return each(tx, bFiles, func(id string, f File) error {
		if f.Have() == 0 {
			return nil
		}
		f.TrackID = id
		return diskSize.add(tx, f.sizeKey(), id)
	})
}

// addLocal makes room for the person's own files.
func addLocal(tx *txn) error {
	return makeBuckets(tx, bLocal, bFolders, string(releasesLocal), string(localByPath), string(localByArtist))
}

// addWere makes room for what moved files were when they went.
func addWere(tx *txn) error { return makeBuckets(tx, bWere) }

// addSeek makes room for the seek indexes of tracks.
func addSeek(tx *txn) error { return makeBuckets(tx, bSeek) }

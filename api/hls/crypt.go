package hls

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// keySize is the length of an AES-128 key in bytes.
const keySize = 16

// decrypt puts decryption between a piece and its reader.
func (f *File) decrypt(ctx context.Context, o *opened, p piece) error {
	key, err := f.key(ctx, p.key)
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	o.body = &decrypter{src: o.body, mode: cipher.NewCBCDecrypter(block, p.key.IV[:])}
	return nil
}

// sealedSize asks how long an encrypted piece is when it is decrypted; -1 if the
// server does not say. Its padding is told by its last block alone, which takes
// the one before to decrypt, and a server that knows ranges.
func (f *File) sealedSize(ctx context.Context, p piece) (int64, error) {
	size, err := p.length, error(nil)
	if size < 0 {
		size, err = f.get.Size(ctx, p.url)
	}
	if err != nil || size < aes.BlockSize || size%aes.BlockSize != 0 {
		return -1, err // reading it will show what is wrong
	}
	var b [2 * aes.BlockSize]byte
	tail := min(int64(len(b)), size)
	answer, err := f.get.Fetch(ctx, p.url, p.from+size-tail, tail)
	if err != nil {
		return -1, unended(err)
	}
	defer answer.Body.Close() // only read from
	if answer.Offset != p.from+size-tail {
		return -1, nil
	}
	if _, err := io.ReadFull(answer.Body, b[:tail]); err != nil {
		return -1, unended(err)
	}
	key, err := f.key(ctx, p.key)
	if err != nil {
		return -1, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return -1, fmt.Errorf("%w: %w", ErrKey, err)
	}
	iv, last := p.key.IV[:], b[:aes.BlockSize]
	if tail > aes.BlockSize {
		iv, last = b[:aes.BlockSize], b[aes.BlockSize:]
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(last, last)
	pad := int64(last[aes.BlockSize-1])
	if pad < 1 || pad > aes.BlockSize {
		return -1, ErrKey
	}
	return size - pad, nil
}

// decrypter decrypts AES-128 in CBC mode and takes off the padding of PKCS #7
// at the end (RFC 8216 §4.3.2.4).
type decrypter struct {
	src   io.Reader
	mode  cipher.BlockMode
	buf   [64 * aes.BlockSize]byte
	have  int    // bytes of buf that wait for the rest of their block
	ready []byte // decrypted, in buf
	last  [aes.BlockSize]byte
	held  bool // last is decrypted, and may be the padding
	out   [65 * aes.BlockSize]byte
	err   error
}

func (d *decrypter) Read(p []byte) (int, error) {
	for len(d.ready) == 0 && d.err == nil {
		d.fill()
	}
	n := copy(p, d.ready)
	d.ready = d.ready[n:]
	if n == 0 && len(p) > 0 {
		return 0, d.err
	}
	return n, nil
}

// fill decrypts some blocks, and holds the last one back.
func (d *decrypter) fill() {
	n, err := d.src.Read(d.buf[d.have:])
	d.have += n
	whole := d.have - d.have%aes.BlockSize
	out := d.out[:0]
	if whole > 0 {
		d.mode.CryptBlocks(d.buf[:whole], d.buf[:whole])
		if d.held {
			out = append(out, d.last[:]...)
		}
		out = append(out, d.buf[:whole-aes.BlockSize]...)
		copy(d.last[:], d.buf[whole-aes.BlockSize:whole])
		d.held = true
		d.have = copy(d.buf[:], d.buf[whole:d.have])
	}
	switch {
	case errors.Is(err, io.EOF) && (d.have > 0 || !d.held):
		d.err = io.ErrUnexpectedEOF
	case errors.Is(err, io.EOF):
		pad := int(d.last[aes.BlockSize-1])
		if pad < 1 || pad > aes.BlockSize {
			d.err = ErrKey
			break
		}
		out = append(out, d.last[:aes.BlockSize-pad]...)
		d.err = io.EOF
	case err != nil:
		d.err = err
	}
	d.ready = out
}

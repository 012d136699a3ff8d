package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"sync"
)

// As much as a kubelet keeps in one file by default; the one before it is kept, too.
const logSize = 10 << 20

// A log in the format of the CRI, of which every line says when it came, from which stream, and whether it is whole:
// https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
type criLog struct {
	path  string
	mutex sync.Mutex
	file  *os.File
	size  int64
}

func openLog(path string) (*criLog, error) {
	log := &criLog{path: path}
	return log, log.open()
}

func (log *criLog) open() error {
	file, err := os.OpenFile(log.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	log.file, log.size = file, info.Size()
	return nil
}

// copy takes lines from a stream until it ends. What cannot be written is lost: the container must not wait for it.
func (log *criLog) copy(stream string, from io.Reader) {
	lines := bufio.NewReaderSize(from, 16<<10)
	for {
		text, partial, err := lines.ReadLine()
		if err != nil {
			return
		}
		tag := "F"
		if partial {
			tag = "P"
		}
		log.write(fmt.Appendf(nil, "%s %s %s %s\n", now(), stream, tag, text))
	}
}

func (log *criLog) write(line []byte) {
	log.mutex.Lock()
	defer log.mutex.Unlock()
	if log.size+int64(len(line)) > logSize {
		log.rotate()
	}
	written, _ := log.file.Write(line)
	log.size += int64(written)
}

func (log *criLog) rotate() {
	if os.Rename(log.path, log.path+".1") != nil {
		return
	}
	old := log.file
	if log.open() != nil {
		log.file = old
		return
	}
	_ = old.Close()
}

func (log *criLog) close() { _ = log.file.Close() }

package conf

import (
	"github.com/natsyard/natsyard/schema"
)

// jetStreamBlock names the directory even where there is no store on disk: streams in memory
// keep their Raft log there, and the server's own choice is below /tmp.
func jetStreamBlock(r *report) block {
	in, j, b := r.in, r.in.Jetstream, newBlock(r)
	put := func(option string, field any, name string) { b.put(option, field, "jetstream", name) }
	size := func(option string, field schema.Size, name string) {
		b.size(option, field, largeSize, "jetstream", name)
	}
	b.put("store_dir", in.StoreDir(), "jetstream", "fileStore", "dir")
	b.size("max_memory_store", in.MaxMemoryStore(), storeSize, "jetstream", "memoryStore", "maxSize")
	b.size("max_file_store", in.MaxFileStore(), storeSize, "jetstream", "fileStore", "maxSize")
	put("domain", j.Domain, "domain")
	put("encryption_key", j.EncryptionKey, "encryptionKey")
	put("prev_encryption_key", j.PrevEncryptionKey, "prevEncryptionKey")
	put("cipher", j.Cipher, "cipher")
	put("sync_interval", j.SyncInterval, "syncInterval")
	put("unique_tag", in.UniqueTag(), "uniqueTag")
	put("strict", j.Strict, "strict")
	size("max_outstanding_catchup", j.MaxOutstandingCatchup, "maxOutstandingCatchup")
	size("max_buffered_size", j.MaxBufferedSize, "maxBufferedSize")
	put("max_buffered_msgs", j.MaxBufferedMsgs, "maxBufferedMsgs")
	put("request_queue_limit", j.RequestQueueLimit, "requestQueueLimit")
	put("info_queue_limit", j.InfoQueueLimit, "infoQueueLimit")
	put("max_concurrent_io", j.MaxConcurrentIO, "maxConcurrentIO")
	put("meta_compact", j.MetaCompact, "metaCompact")
	size("meta_compact_size", j.MetaCompactSize, "metaCompactSize")
	put("meta_compact_sync", j.MetaCompactSync, "metaCompactSync")
	if j.Limits != nil {
		b.under("limits", jetStreamLimits(r, *j.Limits), "jetstream", "limits")
	}
	return b
}

func jetStreamLimits(r *report, l schema.JetStreamLimits) block {
	b := newBlock(r)
	put := func(option string, field any, name string) { b.put(option, field, "jetstream", "limits", name) }
	put("max_ack_pending", l.MaxAckPending, "maxAckPending")
	put("max_ha_assets", l.MaxHAAssets, "maxHAAssets")
	put("max_request_batch", l.MaxRequestBatch, "maxRequestBatch")
	put("default_max_consumers", l.DefaultMaxConsumers, "defaultMaxConsumers")
	put("duplicate_window", l.DuplicateWindow, "duplicateWindow")
	if batch := l.Batch; batch != nil {
		inner := newBlock(r)
		put := func(option string, field any, name string) {
			inner.put(option, field, "jetstream", "limits", "batch", name)
		}
		put("max_inflight_per_stream", batch.MaxInflightPerStream, "maxInflightPerStream")
		put("max_inflight_total", batch.MaxInflightTotal, "maxInflightTotal")
		put("max_msgs", batch.MaxMsgs, "maxMsgs")
		put("timeout", batch.Timeout, "timeout")
		b.under("batch", inner, "jetstream", "limits", "batch")
	}
	return b
}

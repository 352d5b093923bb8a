package content

import (
	"net/http"
	"path"
	"strings"
	"sync"
)

// HeadSize is how much of a content is looked at to guess its type.
const HeadSize = 512

// Type is the media type of an object: by the extension of its name, else by the first 512 bytes of its content. The
// table is our own, because the one of a system differs from machine to machine. A text is taken for UTF-8.
func Type(name string, head []byte) string {
	if byName := TypeByName(name); byName != "" {
		return byName
	}
	return http.DetectContentType(head[:min(len(head), HeadSize)])
}

// TypeByName is the media type of an object by the extension of its name; "" if that says nothing.
func TypeByName(name string) string {
	byName, ok := strings.CutPrefix(strings.ToLower(path.Ext(name)), ".")
	if !ok {
		return ""
	}
	return byExtension()[byName]
}

// byExtension are the media types by extensions, made once.
var byExtension = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, known := range mediaTypes() {
		for extension := range strings.FieldsSeq(known.extensions) {
			all[extension] = known.media
		}
	}
	return all
})

// mediaType is a media type, and the extensions of its files, separated by blanks.
type mediaType struct{ media, extensions string }

// mediaTypes are the media types of extensions, as IANA or, without an entry there, common use has them.
// https://www.iana.org/assignments/media-types/media-types.xhtml
func mediaTypes() []mediaType {
	return []mediaType{
		{"text/html; charset=utf-8", "html htm"},
		{"application/xhtml+xml; charset=utf-8", "xhtml"},
		{"text/css; charset=utf-8", "css"},
		{"text/javascript; charset=utf-8", "js mjs cjs"},
		{"application/json", "json map"},
		{"application/ld+json", "jsonld"},
		{"application/geo+json", "geojson"},
		{"application/x-ndjson", "ndjson jsonl"},
		{"application/manifest+json", "webmanifest"},
		{"application/wasm", "wasm"},
		{"application/xml", "xml xsd xsl xslt"},
		{"application/rss+xml; charset=utf-8", "rss"},
		{"application/atom+xml; charset=utf-8", "atom"},
		{"text/plain; charset=utf-8", "txt text log conf ini"},
		{"text/markdown; charset=utf-8", "md markdown"},
		{"text/csv; charset=utf-8", "csv"},
		{"text/tab-separated-values; charset=utf-8", "tsv"},
		{"text/calendar; charset=utf-8", "ics"},
		{"text/vcard; charset=utf-8", "vcf"},
		{"text/vtt; charset=utf-8", "vtt"},
		{"application/x-subrip; charset=utf-8", "srt"},
		{"application/yaml; charset=utf-8", "yaml yml"},
		{"application/toml; charset=utf-8", "toml"},
		{"application/sql; charset=utf-8", "sql"},
		{"text/x-python; charset=utf-8", "py"},
		{"text/x-go; charset=utf-8", "go"},
		{"text/x-sh; charset=utf-8", "sh"},
		{"text/x-r; charset=utf-8", "r"},
		{"text/x-tex; charset=utf-8", "tex"},
		{"application/x-bibtex; charset=utf-8", "bib"},
		{"image/svg+xml", "svg"},
		{"image/png", "png"},
		{"image/apng", "apng"},
		{"image/jpeg", "jpg jpeg"},
		{"image/gif", "gif"},
		{"image/webp", "webp"},
		{"image/avif", "avif"},
		{"image/heic", "heic"},
		{"image/jxl", "jxl"},
		{"image/bmp", "bmp"},
		{"image/tiff", "tif tiff"},
		{"image/x-icon", "ico cur"},
		{"font/woff", "woff"},
		{"font/woff2", "woff2"},
		{"font/ttf", "ttf"},
		{"font/otf", "otf"},
		{"font/collection", "ttc"},
		{"application/vnd.ms-fontobject", "eot"},
		{"application/pdf", "pdf"},
		{"application/postscript", "ps eps"},
		{"application/epub+zip", "epub"},
		{"application/rtf", "rtf"},
		{"application/msword", "doc"},
		{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
		{"application/vnd.ms-excel", "xls"},
		{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
		{"application/vnd.ms-powerpoint", "ppt"},
		{"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"},
		{"application/vnd.oasis.opendocument.text", "odt"},
		{"application/vnd.oasis.opendocument.spreadsheet", "ods"},
		{"application/vnd.oasis.opendocument.presentation", "odp"},
		{"video/mp4", "mp4 m4v"},
		{"video/webm", "webm"},
		{"video/ogg", "ogv"},
		{"video/quicktime", "mov"},
		{"video/x-msvideo", "avi"},
		{"video/x-matroska", "mkv"},
		{"video/mpeg", "mpg mpeg"},
		{"video/mp2t", "ts"},
		{"application/vnd.apple.mpegurl", "m3u8"},
		{"application/dash+xml", "mpd"},
		{"audio/mpeg", "mp3"},
		{"audio/mp4", "m4a"},
		{"audio/aac", "aac"},
		{"audio/ogg", "ogg oga opus"},
		{"audio/wav", "wav"},
		{"audio/flac", "flac"},
		{"audio/webm", "weba"},
		{"audio/midi", "mid midi"},
		{"application/zip", "zip"},
		{"application/gzip", "gz tgz"},
		{"application/x-brotli", "br"},
		{"application/zstd", "zst"},
		{"application/x-bzip2", "bz2"},
		{"application/x-xz", "xz"},
		{"application/x-7z-compressed", "7z"},
		{"application/vnd.rar", "rar"},
		{"application/x-tar", "tar"},
		{"application/java-archive", "jar war"},
		{"application/vnd.android.package-archive", "apk"},
		{"application/x-apple-diskimage", "dmg"},
		{"application/vnd.debian.binary-package", "deb"},
		{"application/x-rpm", "rpm"},
		{"application/x-iso9660-image", "iso"},
		{"application/vnd.microsoft.portable-executable", "exe dll msi"},
		{"application/vnd.apache.parquet", "parquet"},
		{"application/vnd.apache.arrow.file", "arrow feather"},
		{"application/avro", "avro"},
		{"application/x-hdf5", "h5 hdf5"},
		{"application/netcdf", "nc"},
		{"application/vnd.sqlite3", "sqlite sqlite3"},
		{"application/octet-stream", "bin npy npz pickle"},
		{"model/gltf+json", "gltf"},
		{"model/gltf-binary", "glb"},
		{"model/stl", "stl"},
		{"application/vnd.google-earth.kml+xml", "kml"},
		{"application/vnd.google-earth.kmz", "kmz"},
		{"application/gpx+xml", "gpx"},
		{"application/x-x509-ca-cert", "crt"},
		{"application/x-pem-file", "pem"},
		{"application/pgp-signature", "asc sig"},
	}
}

package lifecyclerule

import "slices"

// Preset is a rule under a short name, for a whole bucket.
type Preset struct {
	Name string
	Rule Rule
}

// Presets are the rules that a bucket can have by a short name. The first one, and its rule's name, are the Yale
// service's.
func Presets() []Preset {
	return []Preset{
		{"deep-archive", Rule{
			Name: "deep-archive-rule", Enabled: true,
			Transitions: []Transition{{Days: 1, StorageClass: "DEEP_ARCHIVE"}},
		}},
		{"archive", Rule{
			Name: "archive-rule", Enabled: true,
			Transitions: []Transition{{Days: 90, StorageClass: "GLACIER_IR"}},
		}},
		{"expire-noncurrent", Rule{
			Name: "expire-noncurrent-rule", Enabled: true, NoncurrentDays: 30, ExpiredObjectDeleteMarker: true,
		}},
		{"abort-uploads", Rule{
			Name: "abort-uploads-rule", Enabled: true, DeleteIncompleteUploadsDays: 7,
		}},
	}
}

// PresetNames are the names of all presets.
func PresetNames() []string {
	var names []string
	for _, p := range Presets() {
		names = append(names, p.Name)
	}
	return names
}

// PresetRule is the rule of the preset; false if there is no such preset.
func PresetRule(name string) (Rule, bool) {
	i := slices.IndexFunc(Presets(), func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return Presets()[i].Rule, true
}

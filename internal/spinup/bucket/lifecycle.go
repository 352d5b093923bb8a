package bucket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/document"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// changedPreset follows the name of a preset whose live rule differs from the preset.
const changedPreset = ", changed"

// Preset is the name of the preset in a value of lifecycle_preset in state.
func Preset(recorded string) string { return strings.TrimSuffix(recorded, changedPreset) }

// lifecycle is the rule of a preset, in the bucket's lifecycle configuration. All other rules belong to other owners,
// spinup_lifecycle_rule included.
func (b bucket) lifecycle() part {
	return part{
		Attribute: "lifecycle_preset",
		Inside:    true,
		Watched:   func(s Spec) bool { return s.Preset != "" },
		Wanted:    func(wish) bool { return true }, // without a preset, the rule of the former one is removed
		Present:   func(o Status) bool { return o.Lifecycle != nil },
		InSync: func(w wish, o Status) bool {
			for _, preset := range presets(w) {
				want, _ := lifecyclerule.PresetRule(preset)
				seen, there := o.Lifecycle.Find(want.Name)
				if there != (preset == w.Want.Preset) || there && !seen.Equal(want) {
					return false
				}
			}
			return true
		},
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			live, err := lifecyclerule.NewWriter(b.conn, s.Name, s.Region).Read(ctx)
			if err := awsclient.Absent(err); err != nil {
				return err
			}
			o.Lifecycle = &live
			return nil
		},
		Claim: func(_ context.Context, w wish, o Status) error {
			s := w.Want
			want, ok := lifecyclerule.PresetRule(s.Preset)
			if !ok || o.Lifecycle == nil || w.Before().Preset == s.Preset {
				return nil
			}
			if seen, there := o.Lifecycle.Find(want.Name); there && !seen.Equal(want) {
				return fmt.Errorf("the bucket %s has a lifecycle rule %q of another owner, the name of the rule that the preset "+
					"%q makes: %w; remove the rule first, or leave lifecycle_preset out",
					s.Name, want.Name, s.Preset, reconcile.ErrForeign)
			}
			return nil
		},
		Enters: func(w wish) bool { return w.Want.Preset != "" && w.Want.Preset != w.Before().Preset },
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			var change document.Change[lifecyclerule.Element]
			for _, preset := range presets(w) {
				rule, _ := lifecyclerule.PresetRule(preset)
				change.Owned = append(change.Owned, rule.Name)
				if preset == w.Want.Preset {
					change.Want = append(change.Want, lifecyclerule.Element{Rule: rule})
				}
			}
			err := b.put(ctx, o, func() error {
				return lifecyclerule.NewWriter(b.conn, s.Name, s.Region).Apply(ctx, change)
			})
			if refused, ok := errors.AsType[*document.NotKeptError](err); ok && !refused.Removed {
				return fmt.Errorf("%w; leave lifecycle_preset out: the store does not have what the preset %q asks for", err,
					s.Preset)
			}
			return err
		},
		CanRemove: func(_ context.Context, w wish, o Status) error {
			s := w.Want
			own, _ := lifecyclerule.PresetRule(s.Preset)
			var foreign []string
			for _, rule := range o.Lifecycle.Rules {
				if rule.Name != own.Name {
					foreign = append(foreign, rule.Name)
				}
			}
			return lost(s, "lifecycle rules of other owners", foreign)
		},
	}
}

// presets are those whose rules the bucket owns: the former one and the wanted one.
func presets(w wish) []string {
	both := slices.Compact([]string{w.Before().Preset, w.Want.Preset})
	return slices.DeleteFunc(both, func(name string) bool { return name == "" })
}

// LifecyclePreset is the value of lifecycle_preset that the live rules amount to. Only presets that the bucket owns
// count or, with ReadAll, all whose rules are unchanged.
func (o Status) LifecyclePreset(w reconcile.Wish[Spec]) string {
	if o.Lifecycle == nil {
		return ""
	}
	looked := presets(w)
	if w.Want.ReadAll {
		looked = lifecyclerule.PresetNames()
	}
	for _, preset := range looked {
		want, _ := lifecyclerule.PresetRule(preset)
		seen, there := o.Lifecycle.Find(want.Name)
		switch {
		case !there:
		case seen.Equal(want):
			return preset
		case !w.Want.ReadAll:
			return preset + changedPreset
		}
	}
	return ""
}

"""The screens: one file per screen, a template of the same name; console for buyers, answer page and portal for
suppliers."""

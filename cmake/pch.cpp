// Exists only so that precompiled headers have a target to belong to.

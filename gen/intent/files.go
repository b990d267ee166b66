package intent

// credsDir is where the servers find credentials: the chart's place.
const credsDir = "/etc/nats-creds/"

// LeafCredentialsDir is where the credentials of a leaf remote are mounted.
func (i *Intent) LeafCredentialsDir(remote string) string { return credsDir + remote }

// LeafCredentialsFile is the file with the credentials of a leaf remote; "" where it has none.
func (i *Intent) LeafCredentialsFile(remote string) string {
	creds := i.Leafnodes.Remotes[remote].Credentials
	if creds == nil {
		return ""
	}
	return i.LeafCredentialsDir(remote) + "/" + creds.Key
}

package opt

// securityRows. Whichever of them was set last decides the mechanism.
var securityRows = []Row{
	{ID: 43, Name: "MECHANISM", Kind: Int, Dir: R, Max: maxInt, Default: 0, For: All, When: Never,
		Field: func(v *Values) any { return &v.Idle.Mechanism },
		Doc:   "0 NULL, 1 PLAIN, 2 CURVE, 3 GSSAPI."},
	{ID: 44, Name: "PLAIN_SERVER", Kind: Bool, Dir: RW, Max: 1, Default: false, For: All, When: NextLink,
		set: serve(MechPlain), get: serves(MechPlain),
		Go: InGo{Name: "PlainServer",
			Doc: "makes the socket check user names and passwords, by its Authenticator; without one it refuses everybody. PLAIN encrypts nothing. Default false."},
		Doc: "This side checks user names and passwords. Setting it selects PLAIN, or NULL."},
	{ID: 45, Name: "PLAIN_USERNAME", Kind: String, Dir: RW, Min: 1, Max: 255, Clear: true, For: All, When: NextLink,
		set: plainText(func(v *Values) *string { return &v.Sec.PlainUsername }),
		get: func(v *Values, _ int) any { return v.Sec.PlainUsername },
		Go: InGo{Name: "PlainUsername",
			Doc: "is the user name that a client says; 1 to 255 bytes."},
		Doc: "Our user name. Setting it selects PLAIN; nil selects NULL."},
	{ID: 46, Name: "PLAIN_PASSWORD", Kind: String, Dir: RW, Min: 1, Max: 255, Clear: true, For: All, When: NextLink,
		set: plainText(func(v *Values) *string { return &v.Sec.PlainPassword }),
		get: func(v *Values, _ int) any { return v.Sec.PlainPassword },
		Go: InGo{Name: "PlainPassword", Type: "Password",
			Doc: "is the password that a client says; 1 to 255 bytes."},
		Doc: "Our password. Setting it selects PLAIN; nil selects NULL."},
	{ID: 47, Name: "CURVE_SERVER", Kind: Bool, Dir: RW, Max: 1, Default: false, For: All, When: NextLink,
		set: serve(MechCurve), get: serves(MechCurve),
		Go: InGo{Name: "CurveServer",
			Doc: "makes the socket a server of CURVE, which encrypts; it needs CurveSecretKey. Without an Authenticator it accepts any client that knows its public key. Default false."},
		Doc: "This side is CURVE's server. Setting it selects CURVE, or NULL."},
	{ID: 48, Name: "CURVE_PUBLICKEY", Kind: Key, Dir: RW, For: All, When: NextLink,
		Field: func(v *Values) any { return &v.Sec.CurvePublicKey },
		after: func(v *Values) { v.Idle.Mechanism, v.Sec.CurvePublicSet = MechCurve, true },
		Go:    InGo{Name: "CurvePublicKey", Type: "CurveKey"},
		Doc:   "The socket's public key; a server needs none, and a client that never set it has that of its secret key. Setting it selects CURVE."},
	{ID: 49, Name: "CURVE_SECRETKEY", Kind: Key, Dir: RW, For: All, When: NextLink,
		Field: func(v *Values) any { return &v.Sec.CurveSecretKey },
		after: func(v *Values) { v.Idle.Mechanism = MechCurve },
		Go:    InGo{Name: "CurveSecretKey", Type: "CurveSecret"},
		Doc:   "The socket's secret key. Setting it selects CURVE."},
	{ID: 50, Name: "CURVE_SERVERKEY", Kind: Key, Dir: RW, For: All, When: NextLink,
		Field: func(v *Values) any { return &v.Sec.CurveServerKey },
		after: func(v *Values) { v.Idle.Mechanism, v.Sec.Server = MechCurve, false },
		Go: InGo{Name: "CurveServerKey", Type: "CurveKey",
			Doc: "is the public key of the server, and makes the socket a client; it needs a CurveSecretKey of its own, and takes the public key from that if CurvePublicKey was never set."},
		Doc: "The server's public key. Setting it selects CURVE and makes this side the client."},
	{ID: 55, Name: "ZAP_DOMAIN", Kind: String, Dir: RW, Min: 1, Max: 255, Default: "", For: All, When: NextLink,
		Field: func(v *Values) any { return &v.Idle.ZAPDomain },
		Go:    InGo{Name: "ZAPDomain"},
		Doc:   "What an authenticator is told as the domain, 1 to 255 bytes. With it a NULL socket asks a ZAP handler, too."},
	{ID: 62, Name: "GSSAPI_SERVER", Kind: Bool, Dir: RW, Max: 1, Default: false, For: All, When: NextLink,
		set: func(v *Values, x any) error {
			v.Sec.Server, v.Idle.Mechanism = x.(bool), MechGSSAPI
			return nil
		},
		get: serves(MechGSSAPI),
		Doc: "This side is GSSAPI's server. Setting it selects GSSAPI, which is not built in: no connection comes about."},
	{ID: 63, Name: "GSSAPI_PRINCIPAL", Kind: String, Dir: RW, Min: 1, Max: 255, For: All, When: NextLink, Ignored: true,
		Field: func(v *Values) any { return &v.Sec.GSSAPIPrincipal },
		after: func(v *Values) { v.Idle.Mechanism = MechGSSAPI },
		Doc:   "Our principal. Setting it selects GSSAPI."},
	{ID: 64, Name: "GSSAPI_SERVICE_PRINCIPAL", Kind: String, Dir: RW, Min: 1, Max: 255, For: All, When: NextLink, Ignored: true,
		Field: func(v *Values) any { return &v.Sec.GSSAPIServicePrincipal },
		after: func(v *Values) { v.Idle.Mechanism, v.Sec.Server = MechGSSAPI, false },
		Doc:   "The server's principal. Setting it selects GSSAPI and makes this side the client."},
	{ID: 65, Name: "GSSAPI_PLAINTEXT", Kind: Bool, Dir: RW, Max: 1, Default: false, For: All, When: NextLink, Ignored: true,
		Field: func(v *Values) any { return &v.Sec.GSSAPIPlaintext },
		Doc:   "Authenticates without encrypting."},
	{ID: 90, Name: "GSSAPI_PRINCIPAL_NAMETYPE", Kind: Int, Dir: RW, Max: 2, Default: 0, For: All, When: NextLink, Ignored: true,
		Field: func(v *Values) any { return &v.Sec.GSSAPIPrincipalType },
		Doc:   "0 host-based, 1 user name, 2 Kerberos principal."},
	{ID: 91, Name: "GSSAPI_SERVICE_PRINCIPAL_NAMETYPE", Kind: Int, Dir: RW, Max: 2, Default: 0, For: All, When: NextLink, Ignored: true,
		Field: func(v *Values) any { return &v.Sec.GSSAPIServiceType },
		Doc:   "The same for the service principal."},
	{ID: 93, Name: "ZAP_ENFORCE_DOMAIN", Kind: Bool, Dir: RW, Min: minInt, Max: maxInt, Default: false, For: All, When: NextLink,
		Field: func(v *Values) any { return &v.Idle.ZAPEnforceDomain },
		Doc:   "Requires an authenticator wherever ZAP_DOMAIN is set, and the other way round."},
	{ID: 103, Name: "WSS_KEY_PEM", Kind: String, Dir: W, Max: NoMax, Clear: true, For: All, When: NextLink, Draft: true, Ignored: true,
		Field: func(v *Values) any { return &v.Net.WSS.KeyPEM },
		Doc:   "The private key of a wss:// server."},
	{ID: 104, Name: "WSS_CERT_PEM", Kind: String, Dir: W, Max: NoMax, Clear: true, For: All, When: NextLink, Draft: true, Ignored: true,
		Field: func(v *Values) any { return &v.Net.WSS.CertPEM },
		Doc:   "The certificate of a wss:// server."},
	{ID: 105, Name: "WSS_TRUST_PEM", Kind: String, Dir: W, Max: NoMax, Clear: true, For: All, When: NextLink, Draft: true, Ignored: true,
		Field: func(v *Values) any { return &v.Net.WSS.TrustPEM },
		Doc:   "Certificates that a wss:// client trusts."},
	{ID: 106, Name: "WSS_HOSTNAME", Kind: String, Dir: W, Max: NoMax, Clear: true, For: All, When: NextLink, Draft: true, Ignored: true,
		Field: func(v *Values) any { return &v.Net.WSS.Hostname },
		Doc:   "The name that a wss:// server's certificate must have; empty: not checked."},
	{ID: 107, Name: "WSS_TRUST_SYSTEM", Kind: Bool, Dir: W, Max: 1, Default: false, For: All, When: NextLink, Draft: true, Ignored: true,
		Field: func(v *Values) any { return &v.Net.WSS.TrustSystem },
		Doc:   "Trusts what the system trusts."},
}

// serve makes this side the server of mech, or goes back to NULL.
func serve(mech int) func(*Values, any) error {
	return func(v *Values, x any) error {
		v.Sec.Server, v.Idle.Mechanism = x.(bool), MechNull
		if v.Sec.Server {
			v.Idle.Mechanism = mech
		}
		return nil
	}
}

func serves(mech int) func(*Values, int) any {
	return func(v *Values, _ int) any { return v.Sec.Server && v.Idle.Mechanism == mech }
}

// plainText sets one of PLAIN's two texts and makes this side its client. A nil
// leaves the text as it is, and goes back to NULL.
func plainText(text func(*Values) *string) func(*Values, any) error {
	return func(v *Values, x any) error {
		if x == nil {
			v.Idle.Mechanism = MechNull
			return nil
		}
		*text(v) = string(x.([]byte))
		v.Idle.Mechanism, v.Sec.Server = MechPlain, false
		return nil
	}
}

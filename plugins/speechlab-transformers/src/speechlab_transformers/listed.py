"""Languages that whole families of checkpoints have, for where none is here to be asked."""

from __future__ import annotations

NLLB_200 = """
ace_Arab ace_Latn acm_Arab acq_Arab aeb_Arab afr_Latn ajp_Arab aka_Latn amh_Ethi apc_Arab arb_Arab ars_Arab ary_Arab
arz_Arab asm_Beng ast_Latn awa_Deva ayr_Latn azb_Arab azj_Latn bak_Cyrl bam_Latn ban_Latn bel_Cyrl bem_Latn ben_Beng
bho_Deva bjn_Arab bjn_Latn bod_Tibt bos_Latn bug_Latn bul_Cyrl cat_Latn ceb_Latn ces_Latn cjk_Latn ckb_Arab crh_Latn
cym_Latn dan_Latn deu_Latn dik_Latn dyu_Latn dzo_Tibt ell_Grek eng_Latn epo_Latn est_Latn eus_Latn ewe_Latn fao_Latn
pes_Arab fij_Latn fin_Latn fon_Latn fra_Latn fur_Latn fuv_Latn gla_Latn gle_Latn glg_Latn grn_Latn guj_Gujr hat_Latn
hau_Latn heb_Hebr hin_Deva hne_Deva hrv_Latn hun_Latn hye_Armn ibo_Latn ilo_Latn ind_Latn isl_Latn ita_Latn jav_Latn
jpn_Jpan kab_Latn kac_Latn kam_Latn kan_Knda kas_Arab kas_Deva kat_Geor knc_Arab knc_Latn kaz_Cyrl kbp_Latn kea_Latn
khm_Khmr kik_Latn kin_Latn kir_Cyrl kmb_Latn kon_Latn kor_Hang kmr_Latn lao_Laoo lvs_Latn lij_Latn lim_Latn lin_Latn
lit_Latn lmo_Latn ltg_Latn ltz_Latn lua_Latn lug_Latn luo_Latn lus_Latn mag_Deva mai_Deva mal_Mlym mar_Deva min_Latn
mkd_Cyrl plt_Latn mlt_Latn mni_Beng khk_Cyrl mos_Latn mri_Latn zsm_Latn mya_Mymr nld_Latn nno_Latn nob_Latn npi_Deva
nso_Latn nus_Latn nya_Latn oci_Latn gaz_Latn ory_Orya pag_Latn pan_Guru pap_Latn pol_Latn por_Latn prs_Arab pbt_Arab
quy_Latn ron_Latn run_Latn rus_Cyrl sag_Latn san_Deva sat_Beng scn_Latn shn_Mymr sin_Sinh slk_Latn slv_Latn smo_Latn
sna_Latn snd_Arab som_Latn sot_Latn spa_Latn als_Latn srd_Latn srp_Cyrl ssw_Latn sun_Latn swe_Latn swh_Latn szl_Latn
tam_Taml tat_Cyrl tel_Telu tgk_Cyrl tgl_Latn tha_Thai tir_Ethi taq_Latn taq_Tfng tpi_Latn tsn_Latn tso_Latn tuk_Latn
tum_Latn tur_Latn twi_Latn tzm_Tfng uig_Arab ukr_Cyrl umb_Latn urd_Arab uzn_Latn vec_Latn vie_Latn war_Latn wol_Latn
xho_Latn ydd_Hebr yor_Latn yue_Hant zho_Hans zho_Hant zul_Latn
"""
"""As FLORES-200 writes them."""
M2M_100 = """
af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he hi hr ht hu hy id ig
ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no ns oc or pa pl ps pt ro ru sd si sk sl
so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo xh yi yo zh zu
"""
"""As the checkpoints write them."""
MMS_VOICES = """
eng=en abi ace aca acn acr ach acu guq ade adj agd agx agn aha aka=ak knj ake aeu ahk bss alj sqi=sq alt alp alz kab
amk mmg amh=am ami azg agg boj cko any arl ara=ar atq luc hyw apr aia msy cni cjo cpu cpb asm=as asa teo ati djk
ava=av avn avu awb kwi awa agr agu ayr=ay ayo abp blx sgb azj-script_cyrillic=az-Cyrl azj-script_latin=az azb bba bhz
bvc bfy bgq bdq bdh bqi bjw blz ban bcc-script_latin=bal-Latn bcc-script_arabic=bal bam=bm ptu bcw bqj bno bbb bfa bjz
bak=ba eus=eu bsq akb btd btx bts bbc bvz bjv bep bkv bzj bem bng ben=bn bom btt bha bgw bht beh sne ubl bcl=bik bim
bkd bjr bfo biv bib bis=bi bzi bqp bpr bps bwq bdv bqc bus bnp bmq bdg boa ksr bor bru box bzh bgt sab bul=bg bwu bmv
mya=my tte cjp cbv kaq cot cbc car cat=ca ceb cme cbi ceg cly cya che=ce hne nya=ny dig dug bgr cek cfm cnh hlt mwq
ctd tcz zyp cco cnl cle chz cpa cso cnt cuc hak nan xnj cap cax ctg ctu chf cce crt crq ckt ncu cdj chv=cv caa asg con
crn cok crk-script_latin=crk-Latn crk-script_syllabics=crk crh cui dsh dbq dga dgi dgk dnj-dialect_gweetaawueast=dnj
daa dnt dnw dar tcc dwr ded mzw ntr ddn des dso nfa dhi gud did mhu dip dik=din tbz dts dos dgo=doi mvp nld=nl jen
dzo=dz idd eka cto emp enx sja myv mcq ese evn eza fal fao=fo far fij=fj fin=fi fon frd fra=fr ful=ff flr gau gbk
gag-script_cyrillic=gag-Cyrl gag-script_latin=gag gbi gmv lug=lg pwg gbm cab grt krs gso nlg gej deu=de gri kik=ki acd
glk gof-script_latin=gof-Latn gog gkn wsg gjn gqr gor gux gbo=grb ell=el grc guh gub grn=gn gyr guo gde guj=gu gvl guk
rub dah gwr gwi hat=ht hlb amf hag hnn bgc had hau=ha hwc hvn hay xed heb=he heh hil hin=hi hif hns hoc hoy
hus-dialect_westernpotosino=hus huv hui hun=hu hap iba isl=is dbj ifa ifb ifu ifk ife ign ikk iqw ilb ilo imo ind=id
inb ipi irk icr itv itl atg ixl-dialect_sanjuancotzal=ixl nca izr izz jac jam jav=jv jvn kac dyo csk adh jun jbu dyu
bex juy gna urb kbp cwa dtp kbr cgc kki kzf lew cbr kkj keo kqe kak kyb knb kmd kml ify xal kbq kay ktb hig gam cbu
xnr kmu kne kan=kn kby pam cak-dialect_southcentral=cak xrb krc kaa krl pww xsm cbs pss kxf kyz kyu txu kaz=kk ndp kbo
kyq ken ker xte kyg kjh kca khm=km kxm kjg nyf kij kia kqr kqp krj zga kin=rw pkb geb gil kje kss thk klu kyo kog kfb
kpv=kv bbo xon kma kno kxc ozm kqy kor=ko coe kpq kpy kyf kff-script_telugu=kff kri rop ktj ted krr kdt kez cul kle
kdi kue kum kvn cuk kdn xuo key kpz knk kmr-script_latin=ku kmr-script_arabic=ku-Arab kmr-script_cyrillic=ku-Cyrl xua
kru kus kub kdc kxv blh cwt kwd tnk kwf cwe kyc tye kir=ky quc-dialect_north=quc lac lsi lbj lhu las lam lns ljp laj
lao=lo lat=la lav=lv law lcp lzz lln lef acf lww mhx eip lia lif onb lis loq lob yaz lok llg ycl lom ngl lon lex lgg
ruf dop lnd ndy lwo lee mev mfz jmc myy mbc mda mad mag ayz mai mca mcp mak vmw mgh kde mlg=mg zlm=ms pse mkn xmm
mal=ml xdy div=dv mdy mup=raj mam-dialect_central=mam mqj mcu mzk maw mjl mnk=man mge mbh knf mjv mbt obo mbb mzj sjm
mrw mar=mr mpg mhr=chm enb mah=mh myx klv mfh met mcb mop yua mfy maz vmy maq mzi maj mhy mhi zmz myb gai mqb mbu med
men mee mwv meq zim mgo mej mpp gum mpx mco mxq pxm mto mim xta mbz mip mib miy miz xtd mxt xtm mxv xtn mie mil mio
mdv mza mit mxb mpm soy cmo-script_latin=cmo mfq old mfk mif mkl mox myl mqf mnw mon=mn mog mfe mor mqn mgd mtj cmr
mtd bmr moz mzm mnb mnf unr fmu mur tih muv muy sur moa wmw tnr miq mos muh nas mbj nfr kfw nst nag nch nhe ngu azz
nhx ncl nhy ncj nsu npl nuz nhw nhi nlc nab gld nnb npy pbb ntm nmz naw nxq ndj ndz ndv new nij sba gng nga nnq ngp
gym kdj nia nim nin nko nog lem not nhu bud nus yas nnw nwb nyy nyn rim lid nuj nyo nzi ann ory=or
ojb-script_latin=ojb oku bsc bdu orm=om ury oss=os ote otq stn sig kfx bfz sey pao pau pce plw pmf pag pap prf pab pbi
pbc pad ata pez peg fas=fa pcm pis pny pir pjt poy pol=pl pps pls poi poh-dialect_eastern=poh por=pt prt pui pan=pa
tsz suv lme quy qvc quz=qu qve qub qvh qwh qvw quf qvm qul qvn qxn qxh qvs quh qxo qxr qvo qvz qxl quw kjb kek rah rjs
rai lje rnl rkt rap yea raw rej rel ril iri rgu rhg rmc-script_latin=rmc rmc-script_cyrillic=rmc-Cyrl rmo
rmy-script_latin=rom rmy-script_cyrillic=rom-Cyrl ron=ro rol cla rng rug run=rn rus=ru lsm spy=kln sck saj sch sml xsb
sbl saq sbd smo=sm rav sxn sag=sg sbp xsu srm sas apb sgw tvw lip slu snw sea sza seh crs ksb shn sho mcd cbt xsr shk
shp sna=sn cjs jiv snp sya sid snn sri srx sil sld akp xog som=so bmu khq ses mnx spa=es srn sxb suc tgo suk sun=su
suz sgj sus swh=sw swe=sv syl dyi myk spp tap tby tna shi klw tgl=tl tbk tgj blt tbg omw tgk=tg tdj tbc tlj tly
ttq-script_tifinagh=tmh taj taq tam=ta tpm tgp tnn tac rif-script_latin=rif-Latn rif-script_arabic=rif-Arab tat=tt tav
twb tbl kps twe ttc tel=te kdh tes tex tee tpp tpt stp tfr twu ter tew tha=th nod thl tem adx bod=bo khg tca tir=ti
txq tik dgr tob tmf tng tlb ood tpi jic lbw txa tom toh tnt sda tcs toc tos neb trn trs trc tri cof tkr kdl cas tso=ts
tuo iou tmc tuf tur=tr tuk-script_latin=tk tuk-script_arabic=tk-Arab bov tue kcg tzh-dialect_tenejapa=tzh
tzo-dialect_chamula=tzo tzj-dialect_western=tzj aoz udm udu ukr=uk ppk ubu urk ura urt urd-script_devanagari=ur-Deva
urd-script_arabic=ur urd-script_latin=ur-Latn upv usp uig-script_arabic=ug uig-script_cyrillic=ug-Cyrl
uzb-script_cyrillic=uz-Cyrl vag bav vid vie=vi vif vun vut prk wwa rro bao waw lgl wlx cou hub gvc mfi wap wba war way
guc cym=cy kvw tnp hto huu wal-script_latin=wal-Latn wal-script_ethiopic=wal wlo noa wob kao xer yad yka sah yba yli
nlk yal yam yat jmd tao yaa ame guu yao yre yva ybb pib byr pil yor=yo ycn ess yuz atb zne zaq zpo zad zpc zca zpg
zai=zap zpl zam zaw zpm zac zao ztq zar zpt zpi zas zaa zpz zab zpu zae zty zav zza zyb=za ziw zos gnd ewe=ee
"""
"""As MMS-TTS writes them, each with its BCP-47 tag where that is another; of the dialects of a language, one."""
